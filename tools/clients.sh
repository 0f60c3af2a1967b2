#!/usr/bin/env bash
# Builds command line clients from their Go modules, once into the cache, and prints a path a line: the provider is
# tried on more clients than the one that a machine happens to have. They are tools of the tests and of nothing else.
# usage: clients.sh [terraform | tofu]
#   both, when none is named; one that is not built yet is then left out where there is no go, and that is said
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

terraform_version=1.15.0
tofu_version=1.12.6
# Terraform keeps these as modules of their own inside its repository, so its own module comes without them. They hold
# remote state; these builds know the local backend only.
terraform_backends=(azure consul cos gcs kubernetes oci oss pg s3)
# A main module's own replacements do not hold for those who use it as a dependency, and OpenTofu needs its fork of HCL.
tofu_hcl=github.com/opentofu/hcl/v2@v2.20.2-0.20251021132045-587d123c2828

# Where a client is when it is built.
built() {
  case $1 in
    terraform) echo "$tools_cache/terraform-$terraform_version/terraform" ;;
    tofu) echo "$tools_cache/tofu-$tofu_version/tofu" ;;
    *) fail "usage: clients.sh [terraform | tofu]" ;;
  esac
}

if (($# == 0)); then
  skipped=()
  for each in terraform tofu; do
    if [[ -x $(built "$each") ]] || have go; then
      "$root/tools/clients.sh" "$each"
    else
      skipped+=("$each")
    fi
  done
  if ((${#skipped[@]} > 0)); then
    say "SKIPPED: ${#skipped[@]} clients (${skipped[*]}), as there is no go to build them with"
  fi
  exit 0
fi

client=$1
built=$(built "$client")
if [[ -x $built ]]; then
  echo "$built"
  exit 0
fi
case $client in
  terraform) version=$terraform_version module=github.com/hashicorp/terraform package=$module ;;
  tofu) version=$tofu_version module=github.com/opentofu/opentofu package=$module/cmd/tofu ;;
esac
have go || fail "no go on PATH, with which $client $version is built"
say "Building $client $version from its Go module (some minutes, once)"
began=$SECONDS

mkdir -p "$(dirname "$built")"
work=$(mktemp -d "$(dirname "$built")/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# A module that is in no registry, with one package of the given text.
local_module() {
  local path=$1 text=$2
  local folder=stubs/${path#"$module"/}
  mkdir -p "$folder"
  printf 'module %s\n\ngo 1.25\n' "$path" >"$folder/go.mod"
  printf '%s\n' "$text" >"$folder/stub.go"
  go mod edit -replace "$path=./$folder"
}

go mod init client-build >&2
case $client in
  terraform)
    for backend in "${terraform_backends[@]}"; do
      local_module "$module/internal/backend/remote-state/$backend" "package $backend

import \"github.com/hashicorp/terraform/internal/backend\"

// New is called when somebody configures this backend.
func New() backend.Backend { panic(\"backend $backend is not part of this build\") }"
    done
    local_module "$module/internal/legacy" "package legacy"
    ;;
  tofu) go mod edit -replace "github.com/hashicorp/hcl/v2=$tofu_hcl" ;;
esac
go get -tool "$package@v$version" >&2
# Without the flag the client calls itself a development build, which version constraints do not accept.
CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X $module/version.dev=no" -o client "$package" >&2
mv client "$built"
say "Built $client $version in $((SECONDS - began)) s"
echo "$built"
