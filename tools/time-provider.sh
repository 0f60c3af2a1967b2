#!/usr/bin/env bash
# Prints the path of HashiCorp's `time` provider, the baseline of the benchmarks: it is built from its Go module.
# usage: time-provider.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=0.14.2
built=$tools_cache/terraform-provider-time-$version/terraform-provider-time
if [[ ! -x $built ]]; then
  have go || fail "no go on PATH, with which the baseline provider is built"
  say "Building the baseline, terraform-provider-time $version (a minute, once)"
  GOBIN=$(dirname "$built") CGO_ENABLED=0 GOFLAGS=-trimpath \
    go install "github.com/hashicorp/terraform-provider-time@v$version" >&2
fi
echo "$built"
