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

built=$tools_cache/opentofu/tofu
if [[ -x $built ]]; then
  echo "$built"
  exit 0
fi
have go || fail "neither terraform nor tofu is on PATH, and no go to build OpenTofu with"

version=1.12.6
module=github.com/opentofu/opentofu
say "Neither terraform nor tofu on PATH: building OpenTofu $version from its Go module (some minutes, once)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init opentofu-build >&2
# A main module's own replacements do not hold for those who use it as a dependency, and OpenTofu needs its fork of HCL.
go mod edit -replace \
  github.com/hashicorp/hcl/v2=github.com/opentofu/hcl/v2@v2.20.2-0.20251021132045-587d123c2828
go get -tool "$module/cmd/tofu@v$version" >&2
CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o tofu "$module/cmd/tofu" >&2
mkdir -p "$(dirname "$built")"
mv tofu "$built"
echo "$built"
