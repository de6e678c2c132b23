#!/usr/bin/env bash
# producer.sh SCRIPT ARGUMENT…: runs a Python script beside this one with Confluent's client and fastavro, so that records
# are written as others write them. `producer.sh prepare` only fills the cache.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# An environment works with the Python that made it only, so its name tells which.
env=$cache/producer-python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install() { pip_install "$1" --only-binary :all: confluent-kafka==2.16.1 fastavro==1.13.1; }

[[ $# -gt 0 ]] || usage
cached "${env##*/}" install
[[ $1 != prepare ]] || exit 0
exec "$env/bin/python" "$(dirname "${BASH_SOURCE[0]}")/$1" "${@:2}"
