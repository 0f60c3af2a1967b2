#!/usr/bin/env bash
# Builds the provider of one platform as it is released, with the agent beside it, and prints the provider's path: optimised, static on Linux, and
# with no path of the machine in it, so that the same sources give the same bytes wherever they lie.
# Zig, a Python package, is the C compiler and the linker for every platform.
# usage: build-release.sh PLATFORM [SOURCES [TARGET_DIRECTORY]]      (PLATFORM: linux_amd64)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

platform=${1:?platform}
sources=$(cd "${2:-$root}" && pwd)
cd "$sources"
target_directory=${3:-$(target_directory)/cross}
mkdir -p "$target_directory"

case $platform in
  linux_amd64) triple=x86_64-unknown-linux-musl ;;
  linux_arm64) triple=aarch64-unknown-linux-musl ;;
  *) fail "no release is built for \"$platform\": docs/guides/release.md says why" ;;
esac

zigbuild=0.24.0 zig=0.17.1
tools=$tools_cache/zig-$zig-zigbuild-$zigbuild
if [[ ! -x $tools/bin/cargo-zigbuild ]]; then
  have python3 || fail "no python3, by which Zig is fetched"
  say "Fetching Zig $zig and cargo-zigbuild $zigbuild"
  rm -rf "$tools"
  python3 -m venv "$tools" >&2
  "$tools/bin/python" -m pip install --quiet "ziglang==$zig" "cargo-zigbuild==$zigbuild" >&2
fi
PATH=$tools/bin:$PATH
export PATH

if have rustup && ! rustup target list --installed | grep -qx "$triple"; then
  rustup target add "$triple" >&2 || fail "the standard library for $triple is not to be had here"
fi

cargo_home=${CARGO_HOME:-$HOME/.cargo}
# What is more specific comes later: the last that fits counts.
remap() {
  printf '%s ' "$1=$cargo_home=/cargo" "$1=$sources=/sources" "$1=$target_directory=/target"
}
RUSTFLAGS="$(remap --remap-path-prefix)"
# aws-lc-sys compiles C, whose messages name files.
CFLAGS="-g0 $(remap -ffile-prefix-map)"
export RUSTFLAGS CFLAGS
cargo zigbuild --quiet --locked --release --package terraform-provider-zeebe --package zeebe-agent \
  --bin terraform-provider-zeebe --bin zeebe-agent \
  --target "$triple" --target-dir "$target_directory" >&2
echo "$target_directory/$triple/release/terraform-provider-zeebe"
