#!/usr/bin/env bash
# What action.yml runs: checks and tests formats, annotates the changed lines, writes SARIF.
# PATHS, CHANGED, PUBLISH, DENY_WARNINGS and SARIF are the action's inputs.
set -euo pipefail
read -r -a paths <<<"${PATHS:-.}"
options=()
[ -n "${CHANGED:-}" ] && options+=("--changed=$CHANGED")
check=("${options[@]}")
[ "${PUBLISH:-false}" = true ] && check+=(--publish)
[ "${DENY_WARNINGS:-false}" = true ] && check+=(--deny-warnings)
failed=0
weir check "${check[@]}" --format github "${paths[@]}" || failed=$?
if [ -n "${SARIF:-}" ]; then
  # Where check cannot run there is no file, rather than an empty one that hides why.
  weir check "${check[@]}" --format sarif "${paths[@]}" >"$SARIF.new" || true
  if [ -s "$SARIF.new" ]; then mv "$SARIF.new" "$SARIF"; else rm -f "$SARIF.new"; fi
fi
weir test "${options[@]}" --quiet "${paths[@]}" || failed=$?
exit "$failed"
