#!/usr/bin/env bash
# Prints the folder with the jars of a Kafka broker and of Kafka Connect; fetched once, by Maven, into the cache.
# usage: kafka.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=4.1.1
make_it() {
  fetch_jars "$1" "org.apache.kafka:kafka_2.13:$version" "org.apache.kafka:connect-runtime:$version" \
    "org.apache.kafka:connect-file:$version" org.slf4j:slf4j-simple:1.7.36
}
made_once "$tools_cache/kafka-$version-$(made_by "${BASH_SOURCE[0]}")"
