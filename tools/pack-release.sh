#!/usr/bin/env bash
# Packs built providers as a registry and a mirror want them: an archive a platform, the registry's manifest, the
# checksums of all of them, and a detached signature of those. The same binaries give the same bytes.
# usage: pack-release.sh DIRECTORY PLATFORM=BINARY...      (PLATFORM: linux_amd64; zeebe-agent lies beside BINARY)
#   RELEASE_GPG_KEY      the key that signs, as gpg names it; without one nothing is signed, which is said
#   SOURCE_DATE_EPOCH    the time that the files in the archives have; the last commit's unless said
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

directory=${1:?directory}
shift
have python3 || fail "no python3, which writes the archives"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
name=terraform-provider-zeebe
sums=${name}_${version}_SHA256SUMS

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
rm -f "$directory/${name}_${version}"_*

for built in "$@"; do
  platform=${built%%=*} binary=${built#*=}
  python3 tools/zip.py "$directory/${name}_${version}_$platform.zip" \
    "${name}_v$version=$binary" "zeebe-agent=$(dirname "$binary")/zeebe-agent" LICENSE=LICENSE CHANGELOG.md=CHANGELOG.md
done
cp terraform-registry-manifest.json "$directory/${name}_${version}_manifest.json"

cd "$directory"
sha256sum "${name}_${version}"_*.zip "${name}_${version}_manifest.json" >"$sums"
if [[ -n ${RELEASE_GPG_KEY:-} ]]; then
  gpg --batch --yes --local-user "$RELEASE_GPG_KEY" --output "$sums.sig" --detach-sign "$sums"
else
  say "Not signed: RELEASE_GPG_KEY names no key, and a registry takes no release without $sums.sig"
fi
