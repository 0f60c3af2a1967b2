#!/usr/bin/env bash
# Records what a real terraform stores for clusters of the simulated target and what belongs to them, as fixtures of
# the version that the workspace has now: provider/tests/state_fixtures/<version>/. States of a version that is
# released are never recorded again: later releases must read them as they are.
# usage: record-states.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

fixtures=$root/provider/tests/state_fixtures
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
if git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then
  fail "version $version is released: raise the workspace's version first"
fi

terraform=$(tools/terraform.sh)
say "== building the provider"
cargo build --quiet --package terraform-provider-zeebe --bin terraform-provider-zeebe
target=$(target_directory)

# The same folder for whoever records, since the states name it and what brokers run with depends on it: the tests
# put the clusters back there, one at a time by a lock on each.
places=/tmp/zeebe-platform-states
mkdir -p "$places"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools/install-provider.sh "$terraform" "$target/debug/terraform-provider-zeebe" "$work"
export TF_CLI_CONFIG_FILE=$work/terraform.rc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
rm -rf "${fixtures:?}/$version"

run() {
  "$terraform" -chdir="$work/$1" "${@:2}" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
}

for variant in "$fixtures"/variants/*/; do
  name=$(basename "$variant")
  say "== $name"
  exec {lock}>>"$places/$name.lock"
  flock "$lock"
  rm -rf "${places:?}/$name"
  mkdir -p "$work/$name" "$places/$name/payments"
  cp "$variant/main.tf.json" "$work/$name/main.tf.json"
  if [[ -e $variant/faults.json ]]; then
    cp "$variant/faults.json" "$places/$name/payments/faults.json"
  fi
  # What a cluster that is gone left in its store of backups.
  if [[ -e $variant/simulation.json ]]; then
    cp "$variant/simulation.json" "$places/$name/payments/simulation.json"
  fi
  run "$name" init -input=false
  # What the cluster was before: the state is then one of a change, not of a creation.
  if [[ -e $variant/before.tf.json ]]; then
    cp "$variant/before.tf.json" "$work/$name/main.tf.json"
    run "$name" apply -input=false -auto-approve
    cp "$variant/main.tf.json" "$work/$name/main.tf.json"
  fi
  run "$name" apply -input=false -auto-approve
  if [[ $name == imported ]]; then
    rm "$work/$name/terraform.tfstate"
    run "$name" import -input=false zeebe_cluster.it "simulated://$places/$name/payments"
  fi
  rm -f "$places/$name/payments/faults.json"

  kept=$fixtures/$version/$name
  mkdir -p "$kept/private" "$kept/cluster/book"
  cp "$variant/main.tf.json" "$kept/main.tf.json"
  # Which registry completes a short source is the client's affair, and another for OpenTofu.
  sed 's|provider\[\\"[^/]*/|provider[\\"|' "$work/$name/terraform.tfstate" >"$kept/state.json"
  # Of each object, which the file names, on a line of its own; an object need not have any.
  sed -n -e 's/^      "type": "\(.*\)",$/\1/p' -e 's/^      "name": "\(.*\)",$/\1/p' \
    -e 's/^          "private": "\(.*\)".*/= \1/p' "$kept/state.json" |
    while read -r first second; do
      case $first in
        =) base64 --decode <<<"$second" >"$kept/private/$type.$object.json" ;;
        zeebe_*) type=$first ;;
        *) object=$first ;;
      esac
    done
  cp "$places/$name/payments/simulation.json" "$kept/cluster/"
  book=$places/$name/payments/book
  cp "$book/cluster.json" "$book/journal.jsonl" "$kept/cluster/book/"
  if [[ -e $book/backup-schedule.json ]]; then
    cp "$book/backup-schedule.json" "$kept/cluster/book/"
  fi
  for folder in exporters retention; do
    if [[ -e $book/$folder ]]; then
      mkdir -p "$kept/cluster/book/$folder"
      cp "$book/$folder/"*.json "$kept/cluster/book/$folder/"
    fi
  done
  rm -rf "${places:?}/$name"
  exec {lock}>&-
done

say "== the schema that they were stored by"
UPDATE=1 cargo test --quiet --package terraform-provider-zeebe --test state_fixtures >&2
git --no-pager diff --stat -- "$fixtures"
