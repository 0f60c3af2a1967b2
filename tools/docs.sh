#!/usr/bin/env bash
# Writes the reference pages in docs/ again, from the schemas and the files in examples/.
# usage: docs.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

UPDATE=1 cargo test --quiet --package terraform-provider-zeebe --test reference every_page
