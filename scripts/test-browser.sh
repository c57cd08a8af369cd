#!/usr/bin/env bash
# Lets a real Chromium talk gRPC-Web to the built server, and use the support page of the built sample.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
page_port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
dotnet src/Server/bin/Debug/net10.0/Telemetry.Server.dll --data "$work/data" --http 127.0.0.1:0 --grpc 127.0.0.1:0 \
  "--Cors:Origins:0=http://127.0.0.1:$page_port" >"$work/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 300); do
  grep -q '^Owner token: ' "$work/server.log" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; exit 1; }
  sleep 0.1
done

{
  node tests/browser/run.mjs \
    --http "$(sed -n 's/^HTTP *\(http[^ ]*\).*/\1/p' "$work/server.log")" \
    --token "$(sed -n 's/^Owner token: //p' "$work/server.log")" \
    --page-port "$page_port" || true
  node tests/browser/support.mjs \
    --server src/Server/bin/Debug/net10.0/Telemetry.Server.dll \
    --sample samples/RoomBooking/bin/Debug/net10.0/RoomBooking.dll || true
} 2>&1 | tee "$work/results"

# A script that did not come to its end has failed.
awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; ends++ }
  END { failed += 2 - ends; printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$work/results"
