#!/usr/bin/env bash
# Builds and packs a commit twice, in two folders that share nothing, and compares the archives byte by byte.
# usage: reproduce-release.sh [PLATFORM...]      (linux_amd64)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Once: somebody may commit meanwhile.
commit=$(git rev-parse HEAD)
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$commit")
for folder in one another-folder-with-a-longer-name; do
  sources=$work/$folder/sources
  mkdir -p "$sources"
  git archive "$commit" | tar -x -C "$sources"
  packed=()
  for platform in "${@:-linux_amd64}"; do
    say "== $platform in $folder"
    binary=$("$sources/tools/build-release.sh" "$platform" "$sources" "$work/$folder/built-in-$folder")
    packed+=("$platform=$binary")
  done
  RELEASE_GPG_KEY='' "$sources/tools/pack-release.sh" "$work/$folder/archives" "${packed[@]}"
done
sums() {
  cat "$work/$1/archives/"*_SHA256SUMS
}
sums one >&2
diff <(sums one) <(sums another-folder-with-a-longer-name) >&2 || fail "the two differ"
say "the two are the same, byte by byte"
