#!/usr/bin/env bash
# milvus-lite.sh COMMAND DIR: Milvus Lite 3.2.2, a small Milvus in Python, its data and port private to DIR.
#
#   start DIR            start it unless it runs, wait until it listens, print its address
#   stop | kill DIR      end it with SIGTERM or SIGKILL, what it acknowledged is safe
#   pause | resume DIR   SIGSTOP, SIGCONT
#   prepare              only fill the cache
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# An environment works with the Python that made it only, so its name tells which.
env=$cache/milvus-lite-3.2.2-python$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

install() { # FOLDER; the package needs pymilvus and does not say so
  pip_install "$1" --only-binary :all: milvus-lite==3.2.2 pymilvus==2.6.17
}

prepare() { cached "${env##*/}" install; }

ready() { listening "$(cat "$dir/port")" 1; }

start() {
  local port
  [[ $# -eq 0 ]] || usage
  port=$(claim_ports "$dir")
  alive "$dir" || spawn "$dir" "$env/bin/python" -u -m milvus_lite server --data-dir "$dir/data" \
    --host 127.0.0.1 --port "$port"
  await "$dir" 60 ready
  echo "http://127.0.0.1:$port"
}

one_process TERM "$@"
