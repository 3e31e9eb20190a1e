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
  weir check "${check[@]}" --format sarif "${paths[@]}" >"$SARIF" || true
fi
weir test "${options[@]}" --quiet "${paths[@]}" || failed=$?
exit "$failed"
