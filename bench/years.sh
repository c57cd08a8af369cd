#!/usr/bin/env bash
# Two years of 5,000 installations that report daily, on a real store with a clock of its own: size, start, commits.
# Usage: bench/years.sh [--installations N] [--days N] [--report-days N] [--daily-fact-days N]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build bench/Insights -c Release -v quiet -nologo
exec dotnet bench/Insights/bin/Release/net10.0/Telemetry.Bench.Insights.dll --years "$@"
