#!/usr/bin/env bash
# Mutation testing: changes the decisions that matter, one at a time, and counts the changes that the tests notice.
# Usage: scripts/mutate.sh [AREA...]; all areas without one. Takes minutes; fails when an area is below 85 %.
# What the tests did not notice is listed in artifacts/mutation/AREA.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

required=85
output="$PWD/artifacts/mutation"

# RUN AREA FILES TEST-CLASSES. The areas of a run share one instrumented build and its tests, which must be fast:
# each change runs all of them that reach it. So tests that open a store are kept away from the changes in the store,
# and tests that send from those in the rules.
table='
log     storage   BatchDecisions LogHeader LogFile DurableLogStream Checkpointer RecoveredLog SnapshotSchedule DataPage DurableFile
server  clock     ClockMonitor
schema  formats   VersionText LanguageTag Countries | TextRules Countries
server  feed      FeedSession FeedRequestReader EventFilter | FeedSession FeedRequest EventFilter
server  licensing LicenseJudge ClaimJudge LicenseKey GuessThrottle LeaseRenewals LicenseRules
server  callers   CallerWindow CallerConcurrency CallerPseudonyms | CallerWindow CallerLimiter
rules   consent   ConsentRules OptOutVariables | ConsentRules ConsentTruthTable
rules   schedule  ReportSchedule ReportJitter | ScheduleDecision
sending sending   ReportCourier SendFailures | SendFailure SendFailureWords Repeat TelemetryClient
'

# Settings of a run. Whether an await resumes on its context is nothing that a test could notice.
configuration() { # configuration PROJECT FILES TEST-CLASSES
  local mutate filter
  mutate=$(printf '"**/%s.cs",' $2)
  filter=$(printf '|FullyQualifiedName~.%sTests.' $3)
  cat <<JSON
{ "stryker-config": {
  "project": "$1.csproj", "mutate": [${mutate%,}], "test-case-filter": "${filter#|}",
  "test-runner": "mtp", "coverage-analysis": "perTest", "concurrency": 2,
  "ignore-methods": ["ConfigureAwait"], "reporters": ["Json", "ClearText"] } }
JSON
}

# One line for an area from its run's report, and its survivors into a file.
summary() { # summary AREA FILES REPORT
  node -e '
    const { readFileSync, writeFileSync } = require("fs");
    const [area, names, report, required, survivors] = process.argv.slice(1);
    const mutants = Object.entries(JSON.parse(readFileSync(report)).files)
      .filter(([file]) => names.split(" ").some(name => file.endsWith(`/${name}.cs`)))
      .flatMap(([file, { mutants }]) => mutants.map(mutant => ({ file, ...mutant })));
    const [killed, survived, timeout, uncovered] = ["Killed", "Survived", "Timeout", "NoCoverage"]
      .map(status => mutants.filter(mutant => mutant.status === status));
    const noticed = killed.length + timeout.length;
    const score = 100 * noticed / (noticed + survived.length + uncovered.length);
    writeFileSync(survivors, [...survived, ...uncovered].map(({ file, location, status, replacement }) =>
      `${file}:${location.start.line} ${status}: ${(replacement ?? "").replace(/\s+/g, " ")}\n`).join(""));
    console.log(`${area}: ${killed.length} killed, ${survived.length} survived, ${timeout.length} timeout, `
      + `${uncovered.length} no coverage, score ${score.toFixed(1)} %`);
    process.exit(score >= Number(required) ? 0 : 1);' "$1" "$2" "$3" "$required" "$output/$1.txt"
}

declare -A files=() classes=() areas=() files_of=()
while read -r run area rest; do
  if [ -z "$run" ] || { [ $# -gt 0 ] && [[ " $* " != *" $area "* ]]; }; then continue; fi
  # Tests are named after what they test unless others are listed.
  files_of[$area]=$(echo "${rest%%|*}" | xargs)
  files[$run]+=" ${files_of[$area]}"
  classes[$run]+=" ${rest#*|}"
  areas[$run]+=" $area"
done <<<"$table"

mkdir -p "$output"
dotnet tool restore >/dev/null
failed=0
for run in "${!areas[@]}"; do
  case $run in
    log | server) tests=Server.Tests project=Server ;;
    schema) tests=Server.Tests project=Schema ;;
    *) tests=ClientSdk.Tests project=ClientSdk ;;
  esac
  dotnet build "tests/$tests" -v quiet -nologo >"$output/$run.log"
  configuration "$project" "${files[$run]}" "${classes[$run]}" >"$output/$run.json"
  # The report is what counts; a run that ended without one has failed.
  rm -rf "${output:?}/$run"
  (cd "tests/$tests" && dotnet stryker -f "$output/$run.json" -O "$output/$run" --skip-version-check) \
    >>"$output/$run.log" 2>&1 </dev/null || true
  for area in ${areas[$run]}; do
    if [ -f "$output/$run/reports/mutation-report.json" ]; then
      summary "$area" "${files_of[$area]}" "$output/$run/reports/mutation-report.json" || failed=1
    else
      echo "$area: no report, see $output/$run.log"
      failed=1
    fi
  done
done
exit "$failed"
