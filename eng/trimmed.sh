#!/usr/bin/env bash
# Publishes tests/Braid.Trimmed and compares what it prints with what is expected: without processes, where any warning is an error, and with.
#   eng/trimmed.sh              trimmed
#   eng/trimmed.sh native       compiled natively, which needs a C compiler and takes a minute
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

project=tests/Braid.Trimmed
kind=PublishTrimmed
[ "${1:-}" = native ] && kind=PublishAot
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# check NAME EXPECTED OPTION...
check() {
  local name=$1 expected=$2
  shift 2
  if dotnet publish "$project" -c Release --use-current-runtime "-p:$kind=true" "$@" --artifacts-path "$folder/$name" -o "$folder/$name/program" -v quiet -nologo \
    && timeout 60 "$folder/$name/program/Braid.Trimmed" | diff "$expected" -; then
    echo "ok      $kind, $name"
  else
    echo "FAILED  $kind, $name"
    failed=1
  fi
}

check "without processes" "$project/expected.txt"
# Its warnings are what a user would see, and are not the matter here.
check "with processes" "$project/expected-$kind.txt" -p:WithProcesses=true -p:SuppressTrimAnalysisWarnings=true -p:SuppressAotAnalysisWarnings=true -p:TreatWarningsAsErrors=false -clp:ErrorsOnly
exit $failed
