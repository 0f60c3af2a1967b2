#!/usr/bin/env bash
# Writes docs/guides/conformance-rules.md: each rule of tf-conformance, and what real terraform says to its mutant.
# usage: conformance.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

terraform=$(tools/terraform.sh)
cargo build --quiet --package tf-conformance --examples
target=$(target_directory)
page=$(mktemp)
trap 'rm -f "$page"' EXIT
"$target/debug/examples/verdicts" "$terraform" "$target/debug/examples/mutant" >"$page"
cp "$page" docs/guides/conformance-rules.md
