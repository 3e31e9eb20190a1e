#!/usr/bin/env bash
# What teams stand on, against the tools that they use: JSON Schemas against a validator, SARIF against its schema, hooks in pre-commit, the
# action's script in a repository, completions in a shell, the manual as a site. It needs python3, npm and git; the wheels are installed in
# target. `long` looks at every public format, else at those of each eighth module. WEIR is the binary, the one that `cargo test` builds if not given.
set -euo pipefail
cd "$(dirname "$0")/../.."
weir=$(realpath "${WEIR:-target/debug/weir}")
work=target/teams
mkdir -p "$work"
[ -x "$work/python/bin/python" ] || python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check -r tests/teams/requirements.txt
schema="$work/sarif-2.1.0.json"
if [ ! -s "$schema" ]; then
  # The package carries the schema that the standard publishes.
  package=$(cd "$work" && npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0)
  tar -xzOf "$work/$package" package/lib/schemas/sarif-2.1.0-rtm.5.json >"$schema"
fi
export PATH="$(dirname "$weir"):$PWD/$work/python/bin:$PATH"
"$work/python/bin/python" tests/teams/check.py "$weir" "$schema" "$@"
