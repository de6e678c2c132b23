#!/usr/bin/env bash
# schema-registry.sh COMMAND DIR: Apicurio Registry 3.0.9, whose API is Confluent's, its data and port private to DIR.
#
#   start DIR            start it unless it runs, wait until it answers, print the address of its API
#   stop | kill DIR      end it with SIGTERM or SIGKILL, what it acknowledged is safe
#   pause | resume DIR   SIGSTOP, SIGCONT
#   prepare              only fill the cache
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The last version that runs on Java 17.
version=3.0.9
jars=$cache/apicurio-registry-$version
archive=$cache/apicurio-registry-$version-classes
java=(java -Xlog:disable -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)

fetch_jars() { # FOLDER
  # A repository of its own, so that an interrupted download leaves nothing behind.
  mvn -q -B -Dmaven.repo.local="$1/repository" org.apache.maven.plugins:maven-dependency-plugin:2.8:unpack \
    -Dartifact="io.apicurio:apicurio-registry-app:$version:tar.gz:all" -DoutputDirectory="$1"
  rm -r "$1/repository"
}

# The classes that it loads, as the JVM lays them out: a start takes half the time.
archive_classes() { # FOLDER
  dir=$1/warm
  trap 'finish KILL 0 "$dir"' EXIT
  java+=(-XX:ArchiveClassesAtExit="$1/classes.jsa")
  run_server >/dev/null
  finish TERM 60 "$dir"
  rm -r "$dir"
}

prepare() {
  cached "${jars##*/}" fetch_jars
  cached "${archive##*/}" archive_classes
}

url() { echo "http://127.0.0.1:$(cat "$dir/port")/apis/ccompat/v7"; }
ready() { curl -sf --noproxy '*' -o /dev/null "$(url)/subjects"; }

run_server() {
  local port
  port=$(claim_ports "$dir")
  alive "$dir" || spawn "$dir" "${java[@]}" -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$port" \
    -Dquarkus.http.access-log.enabled=false "-Dapicurio.datasource.url=jdbc:h2:file:$dir/registry;WRITE_DELAY=0" \
    -jar "$jars/apicurio-registry-app-$version-runner.jar"
  await "$dir" 90 ready
  url
}

start() {
  [[ $# -eq 0 ]] || usage
  java+=(-XX:SharedArchiveFile="$archive/classes.jsa")
  run_server
}

one_process TERM "$@"
