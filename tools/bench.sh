#!/usr/bin/env bash
# The figures, each beside its baseline of the same run; as a table, and as target/bench.json.
# usage: bench.sh
#   BENCH_COLD_BUILD=1   also builds the provider from nothing, which takes minutes
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

tools/prerequisites.sh
TERRAFORM=$(tools/terraform.sh)
ZEEBE_TIME_PROVIDER=$(tools/time-provider.sh)
export TERRAFORM ZEEBE_TIME_PROVIDER

say "== release build"
cargo build --quiet --release --package terraform-provider-zeebe --bin terraform-provider-zeebe
cargo build --quiet --package acceptance-tests --bin zeebe-bench
target=$(target_directory)
export ZEEBE_PROVIDER_BINARY=$target/release/terraform-provider-zeebe

if [[ ${BENCH_COLD_BUILD:-} == 1 ]]; then
  say "== cold build"
  cold=$(mktemp -d "$target/cold.XXXXXX")
  trap 'rm -rf "$cold"' EXIT
  began=$SECONDS
  cargo build --quiet --target-dir "$cold" --package terraform-provider-zeebe --bin terraform-provider-zeebe
  say "cold build of the provider: $((SECONDS - began)) s (goal: 360 s on 2 cores)"
fi

say "== the receiver of records"
cargo build --quiet --release --package zeebe-receiver --bin zeebe-receiver
cargo build --quiet --package acceptance-tests --bin zeebe-bench-records
ZEEBE_RECEIVER_BINARY=$target/release/zeebe-receiver "$target/debug/zeebe-bench-records"

say "== figures"
"$target/debug/zeebe-bench" "$target/bench.json"
say "written to $target/bench.json"
