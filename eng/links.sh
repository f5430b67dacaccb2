#!/usr/bin/env bash
# Every relative link and picture in the documentation names a file or folder that exists. Links to headings are not used: they break unseen.
set -uo pipefail
cd "$(dirname "$0")/.."

links=0
failed=0
while IFS= read -r document; do
    while IFS= read -r link; do
        case $link in
            *://* | mailto:*) continue ;;
        esac
        links=$((links + 1))
        case $link in
            *'#'*)
                echo "FAILED  $document: $link links to a heading; link to the file"
                failed=1
                ;;
            /*)
                echo "FAILED  $document: $link is absolute"
                failed=1
                ;;
            *)
                if [ ! -e "$(dirname "$document")/$link" ]; then
                    echo "FAILED  $document: there is no $link"
                    failed=1
                fi
                ;;
        esac
    # Code blocks first: what looks like a link in C# is none.
    done < <(awk '/^[ ]*```/ { inside = !inside; next } !inside' "$document" | sed -E 's/`[^`]*`//g' | grep -oE '\]\([^) ]+' | sed 's/^](//')
done < <(find . -name '*.md' -not -path '*/artifacts/*' -not -path '*/bin/*' -not -path '*/obj/*' | sed 's|^\./||')

if [ "$links" -eq 0 ]; then
    echo "FAILED  no links were found; is this the right folder?"
    failed=1
fi

echo "$links relative links looked at"
exit $failed
