#!/usr/bin/env bash
# kafka.sh COMMAND DIR …: real Apache Kafka (KRaft) on 127.0.0.1, its data and ports private to DIR.
#
#   start DIR [--brokers N] [--proxy LISTEN PROXY] [KEY=VALUE …]
#                                           start the brokers that do not run, print the bootstrap address
#   stop | kill DIR [BROKER]                end all brokers or one (1, 2, …); kill is SIGKILL, and so is stop after 10 s:
#                                           a broker without a quorum waits for minutes
#   restart DIR [BROKER]                    stop and start
#   pause | resume DIR [BROKER]             SIGSTOP, SIGCONT
#   topic DIR NAME [PARTITIONS]             create a topic
#   tool DIR CLASS …                        one of Kafka's own tools, told where the brokers are
#   prepare                                 only fill the cache
#
# --brokers and --proxy count at the first start of a DIR. With --proxy a single broker listens at LISTEN (host:port) too,
# and clients that come that way are told to come to PROXY. KEY=VALUE is a setting of the brokers that this start starts,
# and stays.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=4.3.1
jars=$cache/kafka-$version
archive=$cache/kafka-$version-classes
java=(java -Xlog:disable -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*")
logging=(-Dlog4j2.level=INFO)

fetch_jars() { # FOLDER
  cat >"$1/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>kiteline</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version>
      <exclusions>
        <exclusion><groupId>org.apache.kafka</groupId><artifactId>connect-runtime</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.3</version>
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

# The classes that a broker loads, as the JVM lays them out: a start takes two thirds of the time. A broker that ends makes it.
archive_classes() { # FOLDER
  dir=$1/warm
  trap 'finish KILL 0 "$dir/1"' EXIT
  format_brokers 1
  spawn "$dir/1" "${java[@]}" "${logging[@]}" -XX:ArchiveClassesAtExit="$1/classes.jsa" kafka.Kafka \
    "$dir/1/server.properties"
  await "$dir/1" 90 started "$dir/1"
  finish TERM 60 "$dir/1"
  rm -r "$dir"
}

settings() { # BROKER COUNT FIRST_PORT [LISTEN PROXY]
  local n voters="" in_sync=$(($2 > 2 ? 2 : 1)) port=$(($3 + 2 * $1 - 2))
  # One of several is missed soon. A single one gives itself up where the machine is busy, but comes back only after this.
  local session=$(($2 > 1 ? 2000 : 4000))
  for ((n = 1; n <= $2; n++)); do voters+=,$n@127.0.0.1:$(($3 + 2 * n - 1)); done
  cat <<PROPERTIES
process.roles=broker,controller
node.id=$1
controller.quorum.voters=${voters:1}
log.dirs=$dir/$1/data
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))${4:+,PROXIED://$4}
advertised.listeners=PLAINTEXT://127.0.0.1:$port${5:+,PROXIED://$5}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT
controller.listener.names=CONTROLLER

# Every topic on every broker, written by a majority.
default.replication.factor=$2
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$2
transaction.state.log.replication.factor=$2
transaction.state.log.min.isr=$in_sync
share.coordinator.state.topic.replication.factor=$2
share.coordinator.state.topic.min.isr=$in_sync

# Small and quick: one partition for each internal topic, few threads, and time-outs that show a fault in seconds.
offsets.topic.num.partitions=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.num.partitions=1
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=2097152
broker.session.timeout.ms=$session
broker.heartbeat.interval.ms=200
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=1000
PROPERTIES
}

format_brokers() { # COUNT [LISTEN PROXY]
  local n port
  port=$(claim_ports "$dir")
  for ((n = 1; n <= $1; n++)); do
    mkdir -p "$dir/$n"
    settings "$n" "$1" "$port" "${@:2}" >"$dir/$n/server.properties"
    "${java[@]}" -Dlog4j2.level=WARN kafka.tools.StorageTool format --ignore-formatted -t kiteline \
      -c "$dir/$n/server.properties" >"$dir/$n/log" 2>&1 || { cat "$dir/$n/log" >&2; die "broker $n has no storage"; }
  done
  echo "$1" >"$dir/brokers"
}

bootstrap() {
  local n port addresses=""
  [[ -s $dir/brokers ]] || die "no brokers in $dir: start them first"
  port=$(cat "$dir/port")
  for ((n = 1; n <= $(cat "$dir/brokers"); n++)); do addresses+=,127.0.0.1:$((port + 2 * n - 2)); done
  echo "${addresses:1}"
}

select_brokers() { # [BROKER]: their homes, in the array that the commands work on
  local n
  homes=()
  if [[ $# -gt 0 ]]; then
    [[ $1 =~ ^[1-9]$ && -d $dir/$1 ]] || die "no broker $1 in $dir"
    homes=("$dir/$1")
  elif [[ -s $dir/brokers ]]; then
    for ((n = 1; n <= $(cat "$dir/brokers"); n++)); do homes+=("$dir/$n"); done
  fi
}

started() { grep -qsF 'Kafka Server started' "$1/log"; } # HOME

start_brokers() { # [KEY=VALUE …]
  local home jvm=(-Xms64m -Xmx512m "${logging[@]}")
  [[ ! -s $archive/classes.jsa ]] || jvm+=("-XX:SharedArchiveFile=$archive/classes.jsa")
  for home in "${homes[@]}"; do
    if alive "$home"; then continue; fi
    [[ $# -eq 0 ]] || printf '%s\n' "$@" >>"$home/server.properties"
    spawn "$home" "${java[@]}" "${jvm[@]}" kafka.Kafka "$home/server.properties"
  done
  for home in "${homes[@]}"; do await "$home" 90 started "$home"; done
}

start() { # [--brokers N] [--proxy LISTEN PROXY] [KEY=VALUE …]
  local count=1 proxy=() options=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --brokers)
        [[ ${2-} =~ ^[1-9]$ ]] || die "--brokers takes a number from 1 to 9"
        count=$2
        shift
        ;;
      --proxy)
        [[ $# -ge 3 ]] || usage
        proxy=("$2" "$3")
        shift 2
        ;;
      *=*) options+=("$1") ;;
      *) usage ;;
    esac
    shift
  done
  [[ -s $dir/brokers ]] || format_brokers "$count" "${proxy[@]}"
  select_brokers
  start_brokers "${options[@]}"
  bootstrap
}

run_tool() { # CLASS …
  local addresses
  addresses=$(bootstrap)
  "${java[@]}" -Xmx256m -Dlog4j2.level=WARN "$1" --bootstrap-server "$addresses" "${@:2}"
}

prepare() {
  cached "${jars##*/}" fetch_jars
  cached "${archive##*/}" archive_classes
}

[[ $# -ge 1 ]] || usage
command=$1
if [[ $command == prepare ]]; then
  prepare
  exit
fi
[[ $# -ge 2 ]] || usage
dir=$(realpath -m "$2")
shift 2
case $command in
  start)
    prepare
    lock
    start "$@"
    ;;
  restart)
    prepare
    lock
    select_brokers "$@"
    finish TERM 10 "${homes[@]}"
    start_brokers
    bootstrap
    ;;
  stop)
    select_brokers "$@"
    finish TERM 10 "${homes[@]}"
    ;;
  kill)
    select_brokers "$@"
    finish KILL 0 "${homes[@]}"
    ;;
  pause)
    select_brokers "$@"
    signal STOP "${homes[@]}"
    ;;
  resume)
    select_brokers "$@"
    signal CONT "${homes[@]}"
    ;;
  topic)
    run_tool org.apache.kafka.tools.TopicCommand --create --if-not-exists \
      --topic "${1:?the name of a topic}" --partitions "${2:-1}" >&2
    ;;
  tool) run_tool "$@" ;;
  *) usage ;;
esac
