#!/usr/bin/env bash
# What CI runs is what you run: installs what the tests need, builds with warnings as errors, checks format, runs all tests, examples,
# snippets and links, and packs. Ends with the line "N passed, N failed"; exit code 1 if anything failed.
set -u
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

passed=0
failed=0
failures=""
step() { printf '\n== %s\n' "$1"; }
count() { if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); tell "$2"; fi; }
tell() { echo "FAILED: $1"; failures+="  $1"$'\n'; }
finish() {
  if [ -n "$failures" ]; then printf '\nFailed:\n%s' "$failures"; fi
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $?
}

step "install: Chromium, in which the report page is opened"
if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; } >/dev/null 2>&1
  fi
  command -v chromium >/dev/null || echo "chromium is not installed and could not be: the tests that open pages will fail"
fi

step "restore"
if ! dotnet restore Braid.slnx -p:Configuration=Release -v quiet -nologo; then
  # The compiler for native code is the one package that can be done without.
  export Precompile=false
  echo "trying again without precompiled code"
  dotnet restore Braid.slnx -p:Configuration=Release -v quiet -nologo
fi

step "build (Release, warnings as errors)"
if ! dotnet build Braid.slnx -c Release -v quiet -nologo -clp:ErrorsOnly; then
  count 1 "the build"
  finish
fi
count 0 build

step "format"
dotnet format Braid.slnx --verify-no-changes --no-restore -v quiet
count $? "format (dotnet format Braid.slnx mends it)"

for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  dll="artifacts/bin/$name/release/$name.dll"
  [ -f "artifacts/bin/$name/release/$name.runtimeconfig.json" ] || continue
  grep -q xunit "$project" || continue
  step "tests: $name"
  log=$(mktemp)
  # A test that hangs is named after a minute.
  timeout 900 dotnet "$dll" -noColor -noLogo -longRunning 60 >"$log" 2>&1
  code=$?
  grep -vE '^ +(Discover|Start|Finish)' "$log"
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  while read -r test; do tell "$test"; done < <(sed -nE 's/^ +([^ ].*) \[FAIL\]$/\1/p' "$log")
  rm -f "$log"
  if [ -z "$summary" ]; then
    count 1 "$name ended with exit code $code and no summary"
    continue
  fi
  read -r total errors bad skipped < <(sed -E 's/[^0-9]+/ /g' <<<"$summary")
  passed=$((passed + total - bad - skipped))
  failed=$((failed + bad + errors))
  if [ "$code" -ne 0 ] && [ $((bad + errors)) -eq 0 ]; then count 1 "$name ended with exit code $code"; fi
done

for script in eng/snippets.sh eng/links.sh eng/trimmed.sh examples/run.sh; do
  [ -x "$script" ] || continue
  step "$script"
  timeout 600 "$script"
  count $? "$script"
done

step "soak: ten seconds of connections that open, talk, break and close"
timeout 120 dotnet artifacts/bin/Braid.Benchmarks/release/Braid.Benchmarks.dll soak --minutes 0.17 --connections 200
count $? "soak"

step "pack"
dotnet pack Braid.slnx -c Release --no-build -v quiet -nologo -o artifacts/package
count $? "pack"

finish
