#!/usr/bin/env bash
# Builds the reference providers, one on each of HashiCorp's libraries, and prints their paths, a line each. They are what
# judges of providers are tried on: nothing may be found in them.
# usage: reference-providers.sh [framework | sdkv2]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

have go || fail "no go on PATH, with which the reference providers are built"
(($# > 0)) || set -- framework sdkv2
for library in "$@"; do
  built=$root/.cache/reference-providers/terraform-provider-$library
  cd "$root/acceptance-tests/reference-providers/$library"
  badly_formatted=$(gofmt -l .)
  [[ -z $badly_formatted ]] || fail "gofmt would change $badly_formatted in $library"
  # Go itself knows what is built already.
  CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$built" .
  echo "$built"
done
