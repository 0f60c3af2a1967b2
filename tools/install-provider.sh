#!/usr/bin/env bash
# Installs a provider binary into a mirror of its own, so that a real `terraform init` finds it there.
# usage: install-provider.sh TERRAFORM BINARY DIRECTORY [SOURCE VERSION]
#   DIRECTORY/mirror         the mirror; what it has of other providers stays
#   DIRECTORY/terraform.rc   the configuration file of the command line: export TF_CLI_CONFIG_FILE=…
#   SOURCE, VERSION          ours, when nothing is said
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

terraform=${1:?terraform} binary=${2:?binary} directory=${3:?directory}
source=${4:-zeebe-platform/zeebe}
version=${5:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)}
name=${source##*/}

mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
scratch=$(mktemp -d "$directory/ask.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/main.tf" <<HCL
terraform {
  required_providers {
    $name = { source = "$source" }
  }
}
HCL

# Terraform and OpenTofu complete a short source by different hosts: each is asked for its own.
export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1
address=$("$terraform" -chdir="$scratch" providers | sed -n 's/.*provider\[\([^]]*\)\].*/\1/p' | head -n 1)
platform=$("$terraform" version -json | sed -n 's/.*"platform": *"\([^"]*\)".*/\1/p')
[[ -n $address && -n $platform ]] || fail "\"$terraform\" did not say its provider address and its platform"

rm -rf "${directory:?}/mirror/$address"
place=$directory/mirror/$address/$version/$platform
mkdir -p "$place"
cp "$binary" "$place/terraform-provider-${name}_v$version"

addresses=$(cd "$directory/mirror" && printf '"%s", ' */*/*)
cat >"$directory/terraform.rc" <<RC
provider_installation {
  filesystem_mirror {
    path    = "$directory/mirror"
    include = [${addresses%, }]
  }
  direct {
    exclude = [${addresses%, }]
  }
}
RC
