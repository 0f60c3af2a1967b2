# Sourced by the other scripts of this folder: where things are, and how to speak.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What is fetched or built once for all clones of this project.
cache=${ZEEBE_PLATFORM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/zeebe-platform}
tools_cache=$cache/tools

# Progress goes to stderr: the stdout of several scripts is their answer.
say() {
  printf '%s\n' "$*" >&2
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Whether the file is a `java` of version 21 or newer.
java_is_new_enough() {
  local version
  [[ -x $1 ]] || return 1
  version=$("$1" -version 2>&1 | sed -n 's/.*version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  [[ -n $version && $version -ge 21 ]]
}
