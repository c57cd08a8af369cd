#!/usr/bin/env bash
# Questions about a million installations with 400 days of history: how fast beside DuckDB with the same fleet, what they
# cost others, and what keeping the answers at hand costs.
# Usage: bench/insights.sh [--installations N] [--days N] [--rounds N]
#        bench/insights.sh --serve [SERVER OPTION...]    a server with that fleet, to look at from a browser
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build bench/DuckDb -c Release -v quiet -nologo
exec dotnet bench/DuckDb/bin/Release/net10.0/Telemetry.Bench.DuckDb.dll "$@"
