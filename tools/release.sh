#!/usr/bin/env bash
# A release: builds every platform, packs, signs and proves it.
# usage: release.sh [DIRECTORY]      (release-<version> in the target directory)
#   RELEASE_PLATFORMS   linux_amd64 linux_arm64, unless said
#   RELEASE_GPG_KEY     the key that signs, as gpg names it; without one nothing is signed
#   RELEASE_TRIAL=1     also from a tree with changes, and for a version that the changelog does not have
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
if [[ ${RELEASE_TRIAL:-} != 1 ]]; then
  [[ -z $(git status --porcelain) ]] || fail "the tree has changes: a release is what a commit says (RELEASE_TRIAL=1 to try)"
  grep -qF "## [$version]" CHANGELOG.md \
    || fail "CHANGELOG.md has no section \"## [$version]\": what is unreleased becomes it (RELEASE_TRIAL=1 to try)"
fi
[[ -d provider/tests/state_fixtures/$version ]] || fail "no states were recorded for $version: make states"
target=$(target_directory)
directory=${1:-$target/release-$version}

packed=()
for platform in ${RELEASE_PLATFORMS:-linux_amd64 linux_arm64}; do
  say "== $platform"
  binary=$(tools/build-release.sh "$platform")
  tools/check-static.sh "$platform" "$binary"
  tools/check-static.sh "$platform" "$(dirname "$binary")/zeebe-agent"
  packed+=("$platform=$binary")
done
say "== archives"
tools/pack-release.sh "$directory" "${packed[@]}"
tools/prove-release.sh "$directory"
say "== released into $directory"
ls -l "$directory" >&2
