#!/usr/bin/env bash
# Prints a python that has DuckDB, with which tests and figures read a lake by SQL; made once, in the cache.
# usage: duckdb.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=2.0.0
home=$tools_cache/duckdb-$version
mkdir -p "$tools_cache"
exec {lock}>"$home.lock"
flock "$lock"
if [[ ! -e $home/ready ]]; then
  have python3 || fail "no python3, with which DuckDB is fetched"
  say "Fetching DuckDB $version as a Python package"
  rm -rf "$home"
  python3 -m venv "$home" >&2
  "$home/bin/python" -m pip install --quiet "duckdb==$version" >&2
  touch "$home/ready"
fi
echo "$home/bin/python"
