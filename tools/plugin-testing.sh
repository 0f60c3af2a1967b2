#!/usr/bin/env bash
# Lets HashiCorp's terraform-plugin-testing judge the provider's binary, on simulated clusters and with each client; and
# the reference providers, which other judges are tried on.
# usage: plugin-testing.sh [ARGUMENTS OF THE GO TEST BINARY, such as -test.run=Import]
#   ZEEBE_PROVIDER_BINARY   the provider; built when not set
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

have go || fail "no go on PATH, with which the judge is built"
cd "$root"
if [[ -z ${ZEEBE_PROVIDER_BINARY:-} ]]; then
  cargo build --quiet --package terraform-provider-zeebe --bin terraform-provider-zeebe
  target=$(target_directory)
  ZEEBE_PROVIDER_BINARY=$target/debug/terraform-provider-zeebe
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd acceptance-tests/plugin-testing
badly_formatted=$(gofmt -l .)
[[ -z $badly_formatted ]] || fail "gofmt would change $badly_formatted"
go vet ./...
began=$SECONDS
go test -c -o "$work/judge" .
say "built the judge in $((SECONDS - began)) s"

clients=("$("$root/tools/terraform.sh")")
mapfile -t -O 1 clients < <("$root/tools/clients.sh")
# The variables that the judge reads; nothing of the user's own configuration takes part.
export TF_ACC=1 CHECKPOINT_DISABLE=1
unset TF_CLI_CONFIG_FILE TF_REATTACH_PROVIDERS TF_LOG TF_ACC_LOG TF_ACC_TERRAFORM_VERSION TF_ACC_PROVIDER_HOST
"$root/tools/reference-providers.sh" >/dev/null
verdict=0
for client in "${clients[@]}"; do
  name=$(TF_CLI_CONFIG_FILE=/dev/null "$client" version | sed -n 1p)
  place=$work/${name//[^A-Za-z0-9.]/-}
  "$root/tools/install-provider.sh" "$client" "$ZEEBE_PROVIDER_BINARY" "$place"
  for library in framework sdkv2; do
    "$root/tools/install-provider.sh" "$client" "$root/.cache/reference-providers/terraform-provider-$library" \
      "$place" "reference/$library" 0.1.0
  done
  began=$SECONDS
  if TF_ACC_TERRAFORM_PATH=$client TF_CLI_CONFIG_FILE=$place/terraform.rc TMPDIR=$work \
    "$work/judge" -test.v -test.timeout=15m "$@" >"$place/said" 2>&1; then
    passed=$(grep -c '^ *--- PASS' "$place/said") skipped=$(grep -c '^ *--- SKIP' "$place/said" || true)
    say "$name: $passed passed, $skipped skipped as the client does not know it, $((SECONDS - began)) s"
  else
    verdict=1
    cat "$place/said" >&2
    say "$name: FAILED"
  fi
done
exit "$verdict"
