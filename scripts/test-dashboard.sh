#!/usr/bin/env bash
# Opens the published dashboard in a real Chromium: what a first visit loads has a limit. With --figures it also measures how long
# loading takes; see docs/dashboard.md.
# Usage: scripts/test-dashboard.sh [--server TELEMETRY.SERVER] [--figures] [--link LINK]; publishes the server unless
# TELEMETRY_TEST_SERVER names the folder of one.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ " $* " != *" --server "* && " $* " != *" --link "* ]]; then
  server=${TELEMETRY_TEST_SERVER:-artifacts/server}
  [ -n "${TELEMETRY_TEST_SERVER:-}" ] || dotnet publish src/Server -o "$server" -v quiet -nologo
  set -- --server "$server/Telemetry.Server" "$@"
fi
node tests/browser/published.mjs "$@"
