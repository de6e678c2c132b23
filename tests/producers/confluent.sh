#!/usr/bin/env bash
# confluent.sh FORMAT BROKERS REGISTRY TOPIC: writes records by the serializers of Confluent's Python client 2.11.1.
#
# `confluent.sh prepare` only fills the cache. The records are in `confluent.py` beside this script.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../servers/common.sh"

# An environment works with the Python that made it only, so its name tells which.
env=$cache/confluent-2.11.1-formats-python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install() { # FOLDER
  pip_install "$1" --only-binary :all: 'confluent-kafka[schemaregistry,avro,json,protobuf]==2.11.1'
}

cached "${env##*/}" install
[[ ${1-} != prepare ]] || exit 0
[[ $# -eq 4 ]] || usage
exec "$env/bin/python" "$(dirname "${BASH_SOURCE[0]}")/confluent.py" "$@"
