#!/usr/bin/env bash
# formats.sh FORMAT BROKERS TOPIC WHAT: writes records in formats that need no registry, by other people's libraries.
#
#   protobuf FOLDER        messages by Google's protobuf; the schemas go into the folder, by its protoc also as a set
#   packed COMPRESSION     JSON, packed by Python's gzip or by cramjam
#   csv commas|tabs        rows by Python's csv
#   text -                 lines of text
#
# `formats.sh prepare` only fills the cache. The records are in `formats.py` beside this script.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/../servers/common.sh"

# An environment works with the Python that made it only, so its name tells which.
env=$cache/formats-1-python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install() { # FOLDER
  pip_install "$1" --only-binary :all: confluent-kafka==2.16.1 grpcio-tools==1.85.1 cramjam==2.14.0
}

cached "${env##*/}" install
[[ ${1-} != prepare ]] || exit 0
[[ $# -eq 4 ]] || usage
exec "$env/bin/python" "$(dirname "${BASH_SOURCE[0]}")/formats.py" "$@"
