#!/usr/bin/env bash
# Format, lints, licences and bans.
# usage: lint.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

say "== format"
cargo fmt --all --check
say "== lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings
say "== the fuzz targets, which are a workspace of their own"
cp Cargo.lock fuzz/Cargo.lock
cargo fmt --manifest-path fuzz/Cargo.toml --check
target=$(target_directory)
cargo clippy --quiet --manifest-path fuzz/Cargo.toml --target-dir "$target" --all-targets -- -D warnings
say "== licences and bans"
tools/cargo-deny.sh
