#!/usr/bin/env bash
# The way of a release with binaries that are there already, in seconds: packed twice into the same bytes, signed by a
# key that is thrown away, proved; and a release that was changed afterwards is refused.
# usage: try-release.sh BINARY      (zeebe-agent lies beside it)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

binary=${1:?binary}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $(uname -m) in
  aarch64 | arm64) platform=linux_arm64 ;;
  *) platform=linux_amd64 ;;
esac
mkdir "$work/built"
strip -o "$work/built/provider" "$binary"
strip -o "$work/built/zeebe-agent" "$(dirname "$binary")/zeebe-agent"

if have gpg; then
  export GNUPGHOME=$work/keys RELEASE_GPG_KEY=trial@example.com
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-generate-key "$RELEASE_GPG_KEY" rsa3072 sign never 2>/dev/null
else
  say "SKIPPED: the signature, as there is no gpg"
fi
export SOURCE_DATE_EPOCH
for pack in one two; do
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
  tools/pack-release.sh "$work/$pack" "$platform=$work/built/provider"
done
cmp "$work"/one/*.zip "$work"/two/*.zip
tools/prove-release.sh "$work/one"

if have gpg; then
  # Whoever can change an archive can change its checksum too; the signature is what tells.
  echo >>"$work/two/terraform-registry-manifest.json"
  (cd "$work/two" && sha256sum terraform-registry-manifest.json >>terraform-provider-zeebe_*_SHA256SUMS)
  if tools/prove-release.sh "$work/two" >"$work/said" 2>&1; then
    fail "checksums that were changed after the signature were taken"
  fi
  grep -q 'BAD signature' "$work/said" || fail "$(cat "$work/said")"
  say "checksums that were changed after the signature were refused"
  gpgconf --kill all
fi
