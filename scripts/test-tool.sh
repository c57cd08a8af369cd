#!/usr/bin/env bash
# Installs the packed command as people do, from the packages of this build alone, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$PWD/artifacts/packages
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet tool install Telemetry.Cli --tool-path "$folder/tools" --source "$packages" --no-cache
"$folder/tools/telemetry" --help >"$folder/help"
grep -q 'telemetry \[command\]' "$folder/help"

# Nothing listens there: 3, and words on standard error alone.
status=0
"$folder/tools/telemetry" instances --server http://127.0.0.1:1 --token none >"$folder/out" 2>"$folder/error" || status=$?
[ "$status" -eq 3 ] && [ ! -s "$folder/out" ] && grep -q 'Nothing listens at http://127.0.0.1:1' "$folder/error"
