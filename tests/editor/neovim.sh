#!/usr/bin/env bash
# Drives `weir lsp` with a headless neovim, which it installs where it may. WEIR names a binary; else one is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v nvim >/dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends neovim >/dev/null
fi
if [ -z "${WEIR:-}" ]; then
  cargo build --quiet -p weir-cli
  WEIR=$PWD/${CARGO_TARGET_DIR:-target}/debug/weir
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r specs/cloudflare "$folder/"
WEIR=$WEIR SPEC=$folder/cloudflare/access_requests/ingest/parser.yml \
  timeout 120 nvim --headless -u NONE -i NONE -n -S tests/editor/neovim.lua
