#!/usr/bin/env bash
# All that CI runs.
# usage: test.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

tools/prerequisites.sh
have c++ || fail "no c++, which the fuzzer is built with: g++ or clang++ from your system's packages"
have python3 || fail "no python3, which writes the archives of a release: from your system's packages"
terraform=$(tools/terraform.sh)
java=$(tools/java-home.sh)
say "terraform: $terraform"
say "java:      $java"

# What a machine without Go cannot run is said here and again at the end.
skipped=()
skip() {
  skipped+=("$1")
  say "SKIPPED: $1"
}

say "== clients"
have go || skip "clients that are not built yet (tools/clients.sh)"
tools/clients.sh | sed 's/^/client:    /' >&2

tools/lint.sh

say "== programs"
for program in terraform-provider-zeebe zeebe-receiver zeebe-agent zeebe-provision; do
  cargo build --quiet --package "$program" --bin "$program"
done
target=$(target_directory)
export ZEEBE_PROVIDER_BINARY=$target/debug/terraform-provider-zeebe
export ZEEBE_RECEIVER_BINARY=$target/debug/zeebe-receiver
export ZEEBE_AGENT_BINARY=$target/debug/zeebe-agent
export ZEEBE_PROVISION_BINARY=$target/debug/zeebe-provision
export TERRAFORM=$terraform

say "== the judge"
if have go; then
  tools/plugin-testing.sh
else
  skip "HashiCorp's terraform-plugin-testing (tools/plugin-testing.sh)"
fi

# Fetched before the tests: several of them at once would share one repository of Maven, which knows no locks.
tools/kafka.sh >/dev/null
tools/zeebe.sh 8.6.0 >/dev/null
tools/zeebe.sh 8.5.8 >/dev/null
tools/elasticsearch.sh >/dev/null
tools/opensearch.sh >/dev/null
tools/duckdb.sh >/dev/null
tools/seaweedfs.sh >/dev/null

say "== tests"
# One failing crate hides no other; real brokers are started by a few tests at a time only (see acceptance-tests).
cargo test --workspace --no-fail-fast

say "== the way of a release"
tools/try-release.sh "$ZEEBE_PROVIDER_BINARY"

say "== fuzzing"
tools/fuzz.sh

if ((${#skipped[@]} > 0)); then
  say "SKIPPED, as there is no go: ${#skipped[@]} parts"
  printf '  %s\n' "${skipped[@]}" >&2
fi
