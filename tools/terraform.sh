#!/usr/bin/env bash
# Prints the path of the terraform (or tofu) to use: $TERRAFORM, else what PATH has, else an OpenTofu that is built
# from its Go module into the cache.
# usage: terraform.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ -n ${TERRAFORM:-} ]]; then
  command -v "$TERRAFORM" || fail "\$TERRAFORM is \"$TERRAFORM\", which is no program"
  exit 0
fi
command -v terraform && exit 0
command -v tofu && exit 0
"$root/tools/clients.sh" tofu || fail "neither terraform nor tofu is on PATH"
