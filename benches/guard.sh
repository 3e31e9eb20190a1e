#!/usr/bin/env bash
# Compares instructions and allocations an event with benches/guard.tsv; with --write, records them there.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq valgrind >/dev/null
fi
# Without it nothing is counted, and that is no pass.
command -v valgrind >/dev/null || { echo "the guard needs valgrind: apt-get install valgrind" >&2; exit 1; }
cargo run --quiet --profile guard --no-default-features --locked --manifest-path benches/Cargo.toml --bin guard -- "$@"
