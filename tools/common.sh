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

# Where cargo puts what it builds of the workspace that one stands in.
target_directory() {
  cargo metadata --quiet --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
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

# Prints a folder of the cache. Where it is missing, the function `make_it` fills a new one, which then takes its place.
# One at a time: Maven's own repository knows no locks.
# usage: made_once FOLDER
made_once() {
  local home=$1 lock
  mkdir -p "$tools_cache"
  exec {lock}>"$tools_cache/maven.lock"
  flock "$lock"
  if [[ ! -d $home ]]; then
    say "Fetching $(basename "$home") with Maven"
    made=$(mktemp -d "$home.XXXXXX")
    trap 'rm -rf "$made"' EXIT
    mkdir "$made/home"
    make_it "$made/home"
    mv --no-target-directory "$made/home" "$home"
  fi
  exec {lock}>&-
  echo "$home"
}

# Fetches artifacts, each as group:artifact:version, with all that they need, into a folder.
# usage: fetch_jars FOLDER ARTIFACT...
fetch_jars() {
  local into=$1 artifact group name version
  shift
  mkdir -p "$into"
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>zeebe-platform</groupId><artifactId>fetched</artifactId><version>1</version><packaging>pom</packaging>'
    echo '<dependencies>'
    for artifact in "$@"; do
      IFS=: read -r group name version <<<"$artifact"
      echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
    done
    echo '</dependencies></project>'
  } >"$into.pom.xml"
  mvn --batch-mode --quiet --file "$into.pom.xml" dependency:copy-dependencies -DoutputDirectory="$into" >&2
  rm "$into.pom.xml"
}

# Compiles one Java file against the jars of a folder, by a compiler that needs no more than a Java runtime.
# usage: compile_java FILE JARS INTO
compile_java() {
  local compiler=$3.compiler
  mkdir -p "$3"
  mvn --batch-mode --quiet dependency:copy -Dartifact=org.eclipse.jdt:ecj:3.43.0 -DoutputDirectory="$compiler" >&2
  "$("$root/tools/java-home.sh")/bin/java" -jar "$compiler/ecj-3.43.0.jar" \
    -17 -proc:none -classpath "$(printf '%s:' "$2"/*.jar)" -d "$3" "$1" >&2
  rm -r "$compiler"
}

# What a folder of the cache is called that is made by these files too.
made_by() {
  cat "$@" | sha256sum | cut -c 1-8
}
