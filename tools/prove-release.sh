#!/usr/bin/env bash
# Proves packed archives as a user meets them: checksums, signature, `init` from a filesystem mirror with a lock file
# that holds every platform, apply and destroy of a simulated cluster; by every terraform and tofu that is at hand.
# usage: prove-release.sh DIRECTORY
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

directory=$(cd "${1:?directory}" && pwd)
name=terraform-provider-zeebe
sums=$(cd "$directory" && echo "${name}"_*_SHA256SUMS)
version=${sums#"${name}_"}
version=${version%_SHA256SUMS}
[[ -f $directory/$sums ]] || fail "no $name was packed into $directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "== checksums and signature"
(cd "$directory" && sha256sum --check --strict "$sums") >&2
grep -q "  ${name}_${version}_manifest.json\$" "$directory/$sums" || fail "$sums lacks the manifest"
if [[ -f $directory/$sums.sig ]]; then
  gpg --batch --verify "$directory/$sums.sig" "$directory/$sums" 2>"$work/gpg" || fail "$(cat "$work/gpg")"
  say "$sums.sig: good"
else
  say "$sums.sig: not there, the release is not signed"
fi

prove() {
  local client=$1 project=$work/$2
  local address platforms=() archive platform
  mkdir -p "$project"
  cat >"$project/main.tf" <<HCL
terraform {
  required_providers {
    zeebe = {
      source  = "zeebe-platform/zeebe"
      version = "$version"
    }
  }
}

resource "zeebe_cluster" "it" {
  name    = "payments"
  version = "8.6.0"
  topology = {
    brokers            = 3
    partitions         = 3
    replication_factor = 3
  }
  target              = { simulated = { directory = "$project/clusters" } }
  deletion_protection = false
  data_on_destroy     = "delete"
}
HCL
  export TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
  # Terraform and OpenTofu complete a short source by different hosts.
  address=$("$client" -chdir="$project" providers | sed -n 's/.*provider\[\([^]]*\)\].*/\1/p' | head -n 1)
  mkdir -p "$project/mirror/$address"
  for archive in "$directory/${name}_${version}"_*.zip; do
    cp "$archive" "$project/mirror/$address/"
    platform=${archive##*"${name}_${version}_"}
    platforms+=("-platform=${platform%.zip}")
  done
  cat >"$project/terraform.rc" <<RC
provider_installation {
  filesystem_mirror {
    path = "$project/mirror"
  }
}
RC
  export TF_CLI_CONFIG_FILE=$project/terraform.rc
  run() {
    "$client" -chdir="$project" "$@" >"$work/said" 2>&1 || fail "$client $*: $(cat "$work/said")"
  }
  run providers lock -fs-mirror="$project/mirror" "${platforms[@]}"
  run init -input=false -lockfile=readonly
  # What comes with the provider lies beside it, where the provider looks for it.
  [[ -n $(find -L "$project/.terraform/providers" -name zeebe-agent -type f -perm -u+x) ]] \
    || fail "$client unpacked no zeebe-agent beside the provider"
  run apply -input=false -auto-approve
  run plan -input=false -detailed-exitcode
  run destroy -input=false -auto-approve
  # Another archive under the same name is not taken.
  rm -rf "$project/.terraform"
  for archive in "$project/mirror/$address"/*.zip; do
    SOURCE_DATE_EPOCH=0 python3 "$root/tools/zip.py" "$archive" "${name}_v$version=$root/LICENSE"
  done
  if "$client" -chdir="$project" init -input=false -lockfile=readonly >"$work/said" 2>&1; then
    fail "$client took an archive that the lock file does not know"
  fi
  say "$("$client" version | head -n 1): locked for ${platforms[*]#-platform=}, initialised, applied, planned without a change, destroyed; a changed archive was refused"
}

say "== clients"
# The one that is used here, and all that are at hand.
proved=()
for client in "$("$root/tools/terraform.sh")" "$(command -v tofu || true)" "$tools_cache"/{terraform-[0-9],tofu-,opentofu}*/{terraform,tofu}; do
  if [[ -x $client && " ${proved[*]} " != *" $client "* ]]; then
    proved+=("$client")
    prove "$client" "${#proved[@]}"
  fi
done
[[ " ${proved[*]} " == *"/tofu "* ]] || say "SKIPPED: no tofu is at hand; only ${proved[*]} proved it"
