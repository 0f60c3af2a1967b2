#!/usr/bin/env bash
# Checks that a released binary is of its platform, loads no library of the machine, and names no folder of it.
# usage: check-static.sh PLATFORM BINARY
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

platform=${1:?platform} binary=${2:?binary}
# The machine's number in the ELF header.
case $platform in
  linux_amd64) machine=3e ;;
  linux_arm64) machine=b7 ;;
  *) fail "\"$platform\" is no platform that is released" ;;
esac
found=$(od -An -tx1 -j18 -N1 "$binary" | tr -d ' ')
[[ $found == "$machine" ]] || fail "$binary is for machine $found, not $machine ($platform)"
# PT_INTERP names the loader of shared libraries: a static program has none.
if grep -aq '/ld-\(linux\|musl\)[-a-z0-9_]*\.so' "$binary"; then
  fail "$binary wants the machine's loader: it is not static"
fi
for folder in "$HOME" "$root" "${CARGO_HOME:-$HOME/.cargo}"; do
  [[ $folder == / ]] || ! grep -aqF "$folder/" "$binary" || fail "$binary names $folder"
done
say "$binary: $platform, static, $(stat -c %s "$binary") bytes, names no folder of this machine"
