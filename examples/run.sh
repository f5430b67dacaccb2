#!/usr/bin/env bash
# Runs every example and compares what it prints with examples/expected. Times of day are compared as hh:mm:ss.
#   examples/run.sh              all
#   examples/run.sh 03 12        those whose names begin so
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

run_limit=60    # seconds; the longest example takes less than one
build_limit=300 # seconds; the first build of all takes the longest

programs=()
if [ $# -eq 0 ]; then programs=([0-9]*.cs); fi
for prefix in "$@"; do programs+=("$prefix"*.cs); done

actual=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$actual" "$errors"' EXIT
failed=0

fail() {
    echo "FAILED  $1: $2"
    failed=1
}

# The libraries once, not once for each example: the one that knows the others.
if ! timeout "$build_limit" dotnet build ../src/Braid.AspNetCore/Braid.AspNetCore.csproj --verbosity quiet -nologo >"$actual" 2>&1; then
    cat "$actual"
    fail "the library" "does not build"
    exit 1
fi

for program in "${programs[@]}"; do
    name=${program%.cs}
    expected=expected/$name.txt
    if [ ! -f "$program" ]; then fail "$name" "there is no such example"; continue; fi
    if [ ! -f "$expected" ]; then fail "$name" "there is no $expected"; continue; fi

    # Apart from the run, so that a slow build is not taken for a program that hangs.
    if ! timeout "$build_limit" dotnet build "$program" --no-dependencies --verbosity quiet >"$actual" 2>&1; then
        fail "$name" "does not build"
        cat "$actual"
        continue
    fi

    timeout "$run_limit" dotnet run --no-build "$program" >"$actual" 2>"$errors" </dev/null
    code=$?
    if [ $code -ne 0 ]; then
        fail "$name" "exit code $code$([ $code -eq 124 ] && echo ", still running after $run_limit s")"
        cat "$actual" "$errors"
    elif ! difference=$(diff --label expected --label actual -u "$expected" <(sed -E 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/hh:mm:ss/g' "$actual")); then
        fail "$name" "prints something else"
        echo "$difference"
    else
        echo "ok      $name"
    fi
done

exit $failed
