#!/usr/bin/env bash
# Prints the folder of an Elasticsearch: `libs` for the module path, `app` with our starter, `home` with its modules.
# Fetched once, by Maven, into the cache, and compiled there by a compiler that needs no more than a Java runtime.
# usage: elasticsearch.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=8.13.4
starter=$root/acceptance-tests/elasticsearch/ElasticsearchNode.java
home=$tools_cache/elasticsearch-$version-$(cat "$starter" "${BASH_SOURCE[0]}" | sha256sum | cut -c 1-8)
mkdir -p "$tools_cache"
exec {lock}>"$tools_cache/elasticsearch-$version.lock"
# One at a time: Maven's own repository knows no locks.
flock "$lock"
if [[ ! -d $home ]]; then
  say "Fetching Elasticsearch $version with Maven"
  fetched=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$fetched"' EXIT
  cat >"$fetched/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>zeebe-platform</groupId><artifactId>elasticsearch</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.elasticsearch</groupId><artifactId>elasticsearch</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.elasticsearch.plugin</groupId><artifactId>transport-netty4</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.19.0</version></dependency>
  </dependencies>
</project>
POM
  made=$fetched/made
  mkdir -p "$made"/{app,home/{lib,plugins}} "$made/home/modules/transport-netty4"
  mvn --batch-mode --quiet --file "$fetched/pom.xml" dependency:copy-dependencies -DoutputDirectory="$made/libs" >&2
  mvn --batch-mode --quiet dependency:copy -Dartifact=org.eclipse.jdt:ecj:3.43.0 -DoutputDirectory="$fetched" >&2
  "$("$root/tools/java-home.sh")/bin/java" -jar "$fetched/ecj-3.43.0.jar" \
    -17 -proc:none -classpath "$(printf '%s:' "$made"/libs/*.jar)" -d "$made/app" "$starter" >&2
  # The server looks for its transport among its modules, in a class loader of their own.
  module=$made/home/modules/transport-netty4
  mv "$made"/libs/{transport-netty4,netty,elasticsearch-ssl-config}-*.jar "$module"
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
  mv --no-target-directory "$made" "$home"
fi
echo "$home"
