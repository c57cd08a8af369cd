#!/usr/bin/env bash
# Takes the pictures of docs/images anew: publishes the server, starts it with the simulated fleet, and opens every page.
# Needs chromium, pngquant and the font Inter (fonts-inter), and what scripts/test.sh installs in tests/browser.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

dotnet publish src/Server -o "$work/server" -v quiet -nologo

start() { # start NAME SWITCH...: a server with data of its own
  local name=$1
  shift
  dotnet "$work/server/Telemetry.Server.dll" --data "$work/$name" --http 127.0.0.1:0 --grpc 127.0.0.1:0 "$@" >"$work/$name.log" 2>&1 &
  servers+=($!)
}

link() { # link NAME: what signs in to it, as soon as it is shown
  for _ in $(seq 1200); do
    sed -n 's/^Open *\(http[^ ]*\).*/\1/p' "$work/$1.log" | grep . && return
    sleep 0.1
  done
  cat "$work/$1.log" >&2
  return 1
}

start demo --demo
start empty
node tests/browser/pictures.mjs --demo "$(link demo)" --empty "$(link empty)" --out "$work/pictures"
for picture in "$work/pictures"/*.png; do
  pngquant --force --strip --quality 60-90 --speed 1 --output "docs/images/$(basename "$picture")" "$picture"
done
