#!/usr/bin/env bash
# Publishes the server and walks through its dashboard in a real Chromium: what a first visit loads has a limit, and trimming
# must not have taken what a page needs. With --figures it also measures how long loading takes; see bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish src/Server -o "$folder/server" -v quiet -nologo
node tests/browser/published.mjs --server "$folder/server/Telemetry.Server" "$@"
