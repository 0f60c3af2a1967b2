#!/usr/bin/env bash
# Format, lints, licences and bans.
# usage: lint.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

say "== format"
cargo fmt --all --check
say "== lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings
say "== licences and bans"
tools/cargo-deny.sh
