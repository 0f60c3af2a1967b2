#!/usr/bin/env bash
# Names everything that is missing, and how to get it, before anything starts.
# usage: prerequisites.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

missing=()
need() {
  missing+=("$(printf '%-12s %s' "$1" "$2")")
}

if ! have cargo; then
  need cargo "install rustup; the right toolchain is then chosen by rust-toolchain.toml"
elif ! (cd "$root" && cargo --version >/dev/null 2>&1); then
  need cargo "it does not run here: install it with rustup, which reads rust-toolchain.toml"
fi
have git || need git "from your system's packages"
have cc || need cc "a C compiler, for aws-lc: gcc or clang from your system's packages"
have cmake || need cmake "for aws-lc: from your system's packages"
have make || need make "for the client of Kafka: from your system's packages"
have perl || need perl "for the OpenSSL of the client of Kafka: from your system's packages"
have mvn || need mvn "Apache Maven 3.6 or newer, which fetches Zeebe: from your system's packages"

if [[ -z ${TERRAFORM:-} ]] && ! have terraform && ! have tofu && ! have go \
  && ! compgen -G "$tools_cache/tofu-*/tofu" >/dev/null; then
  need terraform "Terraform 1.8 or OpenTofu 1.7 or newer; or Go 1.26, with which OpenTofu is built here"
fi
if ! "$root/tools/java-home.sh" --found >/dev/null 2>&1 && ! have python3; then
  need java "a Java runtime 21 or newer; or python3 with venv, with which one is fetched here"
fi

if ((${#missing[@]} > 0)); then
  say "Missing on this machine:"
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
