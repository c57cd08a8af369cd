#!/usr/bin/env bash
# Everything that must hold, in one command: contract, formatting, build, all tests. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=artifacts/tools
results=artifacts/test-results
mkdir -p "$tools" "$results"
rm -rf "${results:?}"/*
passed=0
failed=0

count() { # count NAME STATUS: one check that is not a .NET test
  if [ "$2" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok    $1"
  else
    failed=$((failed + 1))
    echo "FAIL  $1"
  fi
}

check() { # check NAME COMMAND...
  local name=$1 status=0
  shift
  "$@" >"$results/check.log" 2>&1 || { status=$?; cat "$results/check.log"; }
  count "$name" "$status"
}

check_all() { # check_all SCRIPT: many checks, which the script counts itself
  local log line
  log="$results/$(basename "$1" .sh).log"
  "$1" >"$log" 2>&1 || true
  cat "$log"
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1 || true)
  passed=$((passed + $(echo "${line:-0 passed, 1 failed}" | cut -d' ' -f1)))
  failed=$((failed + $(echo "${line:-0 passed, 1 failed}" | cut -d' ' -f3)))
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

echo "== Tools"
if ! command -v npm >/dev/null; then
  as_root apt-get update -qq && as_root apt-get install -y -qq nodejs npm
fi
(cd tests/browser && npm install --no-audit --no-fund --loglevel=error)
export PATH="$PWD/tests/browser/node_modules/.bin:$PATH"
if ! command -v strace >/dev/null; then
  as_root apt-get update -qq && as_root apt-get install -y -qq strace
fi
if ! command -v cc >/dev/null; then # sets the clocks of a real server
  as_root apt-get update -qq && as_root apt-get install -y -qq gcc libc6-dev
fi
for proxy in nginx caddy; do # the documented examples are run; nginx is in /usr/sbin
  if ! PATH="$PATH:/usr/sbin" command -v "$proxy" >/dev/null; then
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$proxy"
  fi
done
if ! command -v chromium >/dev/null; then
  as_root apt-get update -qq && as_root apt-get install -y -qq chromium
fi

echo "== Build"
dotnet build Telemetry.sln -v quiet -nologo
check "formatter" dotnet format whitespace Telemetry.sln --verify-no-changes --no-restore

echo "== Contract" # after the build, which lays out what it imports
check "buf lint" buf lint protos
check "buf format" buf format --diff --exit-code protos
# Promises begin with the first release, which leaves its contract here.
if [ -f protos/released.binpb ]; then
  check "buf breaking" buf breaking protos --against protos/released.binpb
fi

echo "== Packages"
for project in Contracts ClientSdk ClientSdk.Licensing ClientSdk.AspNetCore Cli; do
  check "pack $project" dotnet pack "src/$project" -o artifacts/packages -v quiet -nologo
done
check "tool install" scripts/test-tool.sh
check "app from packages" scripts/test-package.sh
if command -v systemd-analyze >/dev/null; then
  # It only warns of what it does not know; the server need not be installed here.
  sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' docs/operations/telemetry.service >"$results/telemetry.service"
  check "systemd unit" bash -c '! systemd-analyze verify "$1" 2>&1 | grep .' _ "$PWD/$results/telemetry.service"
fi

echo "== Trimming"
check "publish trimmed" dotnet publish tests/TrimmedApp -o artifacts/trimmed -v quiet -nologo
check "run trimmed" artifacts/trimmed/Telemetry.TrimmedApp

check "publish server" dotnet publish src/Server -o artifacts/server -v quiet -nologo
export TELEMETRY_TEST_SERVER="$PWD/artifacts/server" # the dashboard is tested as people get it, trimmed and compressed

echo "== Tests"
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  log="$results/$name.log"
  echo "-- $name"
  # A test that hangs must cost this run minutes, not hours; the log then ends with what was reported so far.
  timeout --signal=KILL 1200 dotnet "tests/$name/bin/Debug/net10.0/Telemetry.$name.dll" --no-ansi --progress off \
    --xunit-diagnostics on --long-running 120 >"$log" 2>&1 </dev/null || true
  good=$(sed -n 's/^ *succeeded: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
  bad=$(sed -n 's/^ *failed: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
  if [ -z "$good" ] || [ "${bad:-1}" -ne 0 ] || [ "$good" -eq 0 ]; then
    cat "$log"
  fi
  if [ -z "$good" ] || [ "$good" -eq 0 ]; then
    bad=$((${bad:-0} + 1)) # a test program that ran nothing has failed
  fi
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  echo "   ${good:-0} passed, ${bad:-0} failed"
done

echo "== Browser"
check_all scripts/test-browser.sh
check_all scripts/test-dashboard.sh

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
