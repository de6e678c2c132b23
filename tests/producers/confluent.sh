#!/usr/bin/env bash
# confluent.sh SCRIPT ARGUMENT…: runs a Python script beside this one with Confluent's client 2.11.1 and its serializers.
#
# `confluent.sh prepare` only fills the cache.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../servers/common.sh"

# An environment works with the Python that made it only, so its name tells which.
env=$cache/confluent-2.11.1-formats-python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install() { # FOLDER
  pip_install "$1" --only-binary :all: 'confluent-kafka[schemaregistry,avro,json,protobuf]==2.11.1'
}

[[ $# -gt 0 ]] || usage
cached "${env##*/}" install
[[ $1 != prepare ]] || exit 0
exec "$env/bin/python" "$(dirname "${BASH_SOURCE[0]}")/$1" "${@:2}"
