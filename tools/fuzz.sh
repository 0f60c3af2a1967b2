#!/usr/bin/env bash
# A bounded run of the fuzzer: every target from its corpus, as many executions as said, and no finding.
# usage: fuzz.sh [RUNS [TARGET...]]      a million of each, unless said
#   FUZZ_KEEP=1   adds what covers something new to the corpus of the repository, as far as it is short
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

runs=${1:-1000000}
targets=("${@:2}")
((${#targets[@]} > 0)) || targets=(codec config state handshake)

version=0.13.2
home=$tools_cache/cargo-fuzz-$version
if [[ ! -x $home/bin/cargo-fuzz ]]; then
  say "Building cargo-fuzz $version (a minute, once)"
  cargo install --quiet --locked --root "$home" "cargo-fuzz@$version" >&2
fi
PATH=$home/bin:$PATH

built=$(target_directory)/fuzz
# The same versions of everything as in the provider itself.
cp Cargo.lock fuzz/Cargo.lock
# Without a sanitizer the stable toolchain will do: there is no unsafe code of ours for one to watch.
say "== building the fuzz targets"
(cd fuzz && cargo fuzz build --sanitizer none --codegen-units 16 --target-dir "$built") >"$built.log" 2>&1 \
  || fail "$(cat "$built.log")"
binaries=$(dirname "$(find "$built" -path '*/release/codec' -type f | head -n 1)")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fuzz() {
  local target=$1 found=$work/$1
  mkdir -p "$found" "fuzz/artifacts/$target"
  # The same seed each time: CI fails for what was changed, and for nothing else.
  "$binaries/$target" -runs="$runs" -seed=1 -max_len=2048 -timeout=60 -print_final_stats=1 \
    -artifact_prefix="fuzz/artifacts/$target/" "$found" "fuzz/corpus/$target" >"$work/$target.log" 2>&1
}

one() {
  local target=$1 began=$SECONDS
  if ! fuzz "$target"; then
    grep -Ev '^#[0-9]+[[:space:]]' "$work/$target.log" | tail -n 60 >&2
    say "$target: a finding; what made it lies in fuzz/artifacts/$target"
    return 1
  fi
  local executions
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
  if ((executions < runs)); then
    say "$target: only $executions executions"
    return 1
  fi
  say "$target: $executions executions in $((SECONDS - began)) s, no finding; $(sed -n 's/.*DONE *\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$work/$target.log")"
}

say "== fuzzing"
pids=()
for target in "${targets[@]}"; do
  one "$target" &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do
  wait "$pid" || failed=1
done

if [[ ${FUZZ_KEEP:-} == 1 ]]; then
  for target in "${targets[@]}"; do
    # What covers something that the corpus does not, the smallest of it: a corpus is to be read over in review.
    "$binaries/$target" -merge=1 -max_len=400 "fuzz/corpus/$target" "$work/$target" >"$work/$target.log" 2>&1
    say "$target: $(find "fuzz/corpus/$target" -type f | wc -l) files in the corpus"
  done
fi
exit "$failed"
