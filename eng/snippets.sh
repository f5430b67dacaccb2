#!/usr/bin/env bash
# The C# in the documentation is code that compiles: every ```csharp block of the README and of docs/ stands word for word (indentation
# apart) in an example, which examples/run.sh compiles and runs, or in examples/snippets, which is compiled here.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

failed=0
if ! output=$(dotnet build examples/snippets/Snippets.csproj -c Release -v quiet -nologo 2>&1); then
    echo "$output"
    echo "FAILED  examples/snippets does not build"
    failed=1
fi

# Prints one line per block that is nowhere in the code, and the number of blocks at the end.
find_blocks() {
    awk '
        function trim(line) { gsub(/^[ \t]+|[ \t\r]+$/, "", line); return line }
        FILENAME ~ /\.cs$/ { code = code "\n" trim($0); next }
        FNR == 1 { inside = 0 }
        /^[ ]*```csharp/ { inside = 1; block = ""; start = FNR; next }
        /^[ ]*```/ && inside {
            inside = 0
            blocks++
            if (!index(code "\n", block "\n")) printf "FAILED  %s:%d: this block is in no file under examples/\n", FILENAME, start
            next
        }
        inside { block = block "\n" trim($0) }
        END { print blocks + 0 }
    ' examples/*.cs examples/snippets/*.cs "$@"
}

documents=(README.md CONTRIBUTING.md docs/*.md docs/decisions/*.md src/*/README.md examples/README.md)
result=$(find_blocks "${documents[@]}")
blocks=$(tail -n 1 <<<"$result" | grep -E '^[0-9]+$')
lost=$(grep -c '^FAILED' <<<"$result")
grep '^FAILED' <<<"$result"
if [ "$lost" -gt 0 ]; then failed=1; fi
if [ "${blocks:-0}" -eq 0 ]; then
    echo "FAILED  no blocks were found; is this the right folder?"
    failed=1
fi

echo "$((${blocks:-0} - lost)) of ${blocks:-0} blocks of C# in the documentation are compiled code"
exit $failed
