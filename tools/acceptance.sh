#!/usr/bin/env bash
# The proofs that take longer than a test may. What each printed last is kept in docs/proofs.
# usage: acceptance.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

tools/prerequisites.sh
cargo build --quiet --package terraform-provider-zeebe --bin terraform-provider-zeebe
cargo build --quiet --package zeebe-receiver --bin zeebe-receiver
cargo build --quiet --package acceptance-tests --bin zeebe-records
target=$(target_directory)
export ZEEBE_PROVIDER_BINARY=$target/debug/terraform-provider-zeebe
export ZEEBE_RECEIVER_BINARY=$target/debug/zeebe-receiver

say "== records into Kafka and into a lake"
"$target/debug/zeebe-records" | tee docs/proofs/records.txt
