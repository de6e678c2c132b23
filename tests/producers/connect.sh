#!/usr/bin/env bash
# connect.sh BROKERS FOLDER: writes records by the JSON converter of Kafka Connect 4.3.1, with Kafka's own client.
#
# `connect.sh check` says whether it can, and why not; `connect.sh prepare` only fills the cache. The program is
# `ConnectRows.java` beside this script.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../servers/common.sh"

version=4.3.1
jars=$cache/connect-json-$version

fetch_jars() { # FOLDER
  cat >"$1/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>kiteline</groupId><artifactId>connect</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>connect-json</artifactId><version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
POM
  # A repository of its own, so that an interrupted download leaves nothing behind.
  mvn -q -B -f "$1/pom.xml" -Dmaven.repo.local="$1/repository" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1"
  rm -r "$1/repository"
}

check() {
  # The program is run from its source.
  java --list-modules 2>/dev/null | grep -q '^jdk.compiler' || die "needs a JDK of Java 17"
  [[ -d $jars ]] || command -v mvn >/dev/null || die "needs Maven"
}

case ${1-} in
  check) check ;;
  prepare) cached "${jars##*/}" fetch_jars ;;
  *)
    [[ $# -eq 2 ]] || usage
    cached "${jars##*/}" fetch_jars
    exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*" \
      "$(dirname "${BASH_SOURCE[0]}")/ConnectRows.java" "$@"
    ;;
esac
