#!/usr/bin/env bash
# Prints the folder with the jars of a Kafka broker; fetched once, by Maven, into the cache.
# usage: kafka.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=4.1.1
home=$tools_cache/kafka-$version
mkdir -p "$tools_cache"
exec {lock}>"$home.lock"
# One at a time: Maven's own repository knows no locks.
flock "$lock"
if [[ ! -d $home ]]; then
  say "Fetching Kafka $version with Maven"
  fetched=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$fetched"' EXIT
  cat >"$fetched/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>zeebe-platform</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
  mvn --batch-mode --quiet --file "$fetched/pom.xml" dependency:copy-dependencies -DoutputDirectory="$fetched/jars" >&2
  mv --no-target-directory "$fetched/jars" "$home"
fi
echo "$home"
