#!/usr/bin/env bash
# Checks licences, bans and sources by deny.toml. cargo-deny is built once, into the cache.
# usage: cargo-deny.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=0.20.2
home=$tools_cache/cargo-deny-$version
if [[ ! -x $home/bin/cargo-deny ]]; then
  say "Building cargo-deny $version (some minutes, once)"
  cargo install --quiet --locked --root "$home" "cargo-deny@$version" >&2
fi
cd "$root"
# Also what no build of this machine needs, such as what a feature that is off would bring: it is judged as well.
cargo fetch --quiet --locked
# Advisories come from a database of their own, which a machine behind a proxy cannot reach: not part of the tests.
PATH=$home/bin:$PATH cargo deny --offline check bans licenses sources
