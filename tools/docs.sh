#!/usr/bin/env bash
# Writes the reference pages in docs/ again from the provider's schema and from examples/, and the table of clients from
# runs of each.
# usage: docs.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

UPDATE=1 cargo test --quiet --package terraform-provider-zeebe --test reference >&2
UPDATE=1 cargo test --quiet --package acceptance-tests --test acceptance s11_clients >&2
git --no-pager diff --stat -- docs
