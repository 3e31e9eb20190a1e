#!/usr/bin/env bash
# What weir studio and the playground promise, in a browser and beside the command line.
#
#   bash tests/studio/run.sh            `weir studio`, and what it answers beside the command line
#   bash tests/studio/run.sh playground the same of the playground, with the engine in wasm, which it builds
#
# It installs what it needs: Debian's chromium, as root or with sudo, and packages of npm as the lock files name them. Pictures of the page are in
# target/studio-pictures. Why so: docs/decisions/0181.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
npm ci --silent --no-audit --no-fund --prefix tests/studio
npm ci --silent --no-audit --no-fund --prefix crates/studio/page
npm run --silent --prefix crates/studio/page check
node tests/studio/files.mjs
[ -n "${WEIR:-}" ] || cargo build -p weir-cli
if [ "${1:-studio}" = playground ]; then
  node crates/studio/page/playground.mjs
  node tests/studio/answers.mjs --wasm
  node tests/studio/browser.mjs playground
else
  node tests/studio/answers.mjs
  node tests/studio/browser.mjs studio
fi
