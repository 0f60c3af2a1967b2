#!/usr/bin/env bash
# Prints the folder of an unpacked Zeebe distribution; fetched once, by Maven, into the cache. For tests that start
# brokers by themselves: the engine fetches, checks and keeps its own.
# usage: zeebe.sh VERSION
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=${1:?version}
home=$tools_cache/zeebe-$version
mkdir -p "$tools_cache"
exec {lock}>"$home.lock"
# One at a time: Maven's own repository knows no locks.
flock "$lock"
if [[ ! -d $home ]]; then
  say "Fetching Zeebe $version with Maven"
  fetched=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$fetched"' EXIT
  mvn --batch-mode --quiet dependency:copy -Dartifact="io.camunda:camunda-zeebe:$version:tar.gz" \
    -DoutputDirectory="$fetched" >&2
  mkdir "$fetched/unpacked"
  tar --extract --gzip --file "$fetched/camunda-zeebe-$version.tar.gz" --directory "$fetched/unpacked" --strip-components 1
  mv --no-target-directory "$fetched/unpacked" "$home"
fi
echo "$home"
