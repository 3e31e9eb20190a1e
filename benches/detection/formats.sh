#!/usr/bin/env bash
# How long `weir rules` takes for each public format, with all rules of SigmaHQ: the slowest five, and how many take over two seconds.
# WEIR names the binary; formats and rules are third-party, beside the repository at ../shared.
set -euo pipefail
cd "$(dirname "$0")/../.."
weir=${WEIR:-target/release/weir}
times=$(mktemp)
trap 'rm -f "$times"' EXIT
while IFS= read -r -d '' parser; do
  format=$(dirname "$(dirname "$parser")")
  start=$(date +%s%N)
  "$weir" rules "$format" --rules ../shared/sigma/rules --rules ../shared/sigma/rules-compliance \
    --rules ../shared/sigma/rules-emerging-threats --rules ../shared/sigma/rules-threat-hunting --format json >/dev/null 2>&1
  echo "$((($(date +%s%N) - start) / 1000000)) $format" >>"$times"
done < <(find ../shared/corpus -path '*/ingest/parser.yml' -print0 | sort -z)
sort -rn "$times" | head -5 | sed 's/^/  ms /'
awk '$1 > 2000 {over++} {sum += $1} END {printf "%d formats, %d over 2,000 ms, %d ms at the mean\n", NR, over, sum / NR}' "$times"
