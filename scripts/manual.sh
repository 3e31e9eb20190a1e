#!/usr/bin/env bash
# The manual as a static site: scripts/manual.sh [DIR]. It goes to target/site if no directory is given; `mkdocs` is installed in
# target where it is not on the PATH. The site loads nothing from elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."
site=$(realpath -m "${1:-target/site}")
if ! python3 -c 'import material' 2>/dev/null || ! command -v mkdocs >/dev/null; then
  tools=target/manual
  [ -x "$tools/bin/mkdocs" ] || python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check "$(grep '^mkdocs-material==' tests/teams/requirements.txt)"
  PATH="$PWD/$tools/bin:$PATH"
fi
export NO_MKDOCS_2_WARNING=1
mkdocs build --quiet --strict --config-file scripts/manual/mkdocs.yml --site-dir "$site"
echo "$site/index.html"
