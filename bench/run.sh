#!/usr/bin/env bash
# Measures the server against a no-op of the same framework, and etcd. All scenarios, or those named.
# Usage: bench/run.sh [SCENARIO...] [--rounds N] [--seconds S] [--warm-up S]
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v etcd >/dev/null; then
  if [ "$(id -u)" -eq 0 ]; then sudo=; else sudo=sudo; fi
  $sudo apt-get update -qq && $sudo apt-get install -y -qq etcd-server
fi
for project in src/Server bench/NoOpServer bench/WithoutInsights bench/AllocationHook bench/Bench; do
  dotnet build "$project" -c Release -v quiet -nologo
done
exec dotnet bench/Bench/bin/Release/net10.0/Bench.dll "$@"
