#!/usr/bin/env bash
# Makes the release archives: dist/weir-VERSION-TARGET.tar.gz for each target, and dist/SHA256SUMS.
# usage: scripts/release.sh [--profile PROFILE] [TARGET …]
# Zig compiles and links C for all targets, and for glibc 2.17 and later: it and cargo-zigbuild come as wheels. What is
# built runs on this machine's kind only, so completions and manual pages are made by the host's own build.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=release
if [ "${1:-}" = --profile ]; then profile=$2; shift 2; fi
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(x86_64-unknown-linux-gnu x86_64-unknown-linux-musl aarch64-unknown-linux-gnu aarch64-unknown-linux-musl)
glibc=2.17
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
tools=target/release-tools
if [ ! -x "$tools/bin/cargo-zigbuild" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check cargo-zigbuild ziglang
fi
export PATH="$PWD/$tools/bin:$PATH"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
host=$(rustc -vV | sed -n 's/^host: //p')

# Where cargo puts what a profile gives.
folder() { echo "target/$1/$profile"; }

build() {
  rustup target add "$1" >/dev/null
  local named=$1
  [[ $1 == *-gnu ]] && named=$1.$glibc
  cargo zigbuild --locked --profile "$profile" --target "$named" -p weir-cli
}

# What belongs to every archive, made once.
extras=$(mktemp -d)
trap 'rm -rf "$extras"' EXIT
make_extras() {
  local weir=$1 shell
  mkdir -p "$extras/completions" "$extras/schemas"
  "$weir" man --output "$extras/man"
  "$weir" completions bash >"$extras/completions/weir.bash"
  "$weir" completions zsh >"$extras/completions/_weir"
  "$weir" completions fish >"$extras/completions/weir.fish"
  cp docs/schemas/*.json "$extras/schemas/"
  cp README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT THIRD-PARTY.md "$extras/"
}

pack() {
  local name="weir-$version-$1" stage
  stage=$(mktemp -d)
  mkdir "$stage/$name"
  cp -r "$extras"/. "$stage/$name/"
  cp "$(folder "$1")/weir" "$stage/$name/weir"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$stage" -c "$name" | gzip -n -9 >"dist/$name.tar.gz"
  rm -rf "$stage"
}

mkdir -p dist
build "$host"
make_extras "$(folder "$host")/weir"
for target in "${targets[@]}"; do
  [ "$target" = "$host" ] || build "$target"
  pack "$target"
done
(cd dist && sha256sum "weir-$version-"*.tar.gz >SHA256SUMS && cat SHA256SUMS)
