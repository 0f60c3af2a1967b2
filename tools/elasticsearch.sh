#!/usr/bin/env bash
# Prints the folder of an Elasticsearch: `libs` for the module path, `app` with our starter, `home` with its modules.
# Fetched once, by Maven, into the cache.
# usage: elasticsearch.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=8.13.4
starter=$root/acceptance-tests/elasticsearch/ElasticsearchNode.java
make_it() {
  local module=$1/home/modules/transport-netty4
  mkdir -p "$1"/home/{lib,plugins} "$module"
  fetch_jars "$1/libs" "org.elasticsearch:elasticsearch:$version" \
    "org.elasticsearch.plugin:transport-netty4:$version" org.apache.logging.log4j:log4j-core:2.19.0
  compile_java "$starter" "$1/libs" "$1/app"
  # The server looks for its transport among its modules, in a class loader of their own.
  mv "$1"/libs/{transport-netty4,netty,elasticsearch-ssl-config}-*.jar "$module"
  cat >"$module/plugin-descriptor.properties" <<DESCRIPTOR
name=transport-netty4
description=Netty 4 based transport implementation
version=$version
elasticsearch.version=$version
java.version=17
classname=org.elasticsearch.transport.netty4.Netty4Plugin
extended.plugins=
has.native.controller=false
modulename=org.elasticsearch.transport.netty4
DESCRIPTOR
}
made_once "$tools_cache/elasticsearch-$version-$(made_by "$starter" "${BASH_SOURCE[0]}")"
