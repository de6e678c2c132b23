#!/usr/bin/env bash
# build.sh DIR OUT: builds the Go module in DIR with the stock compiler, and writes the component to OUT.
set -euo pipefail
[[ $# == 2 ]] || { echo "build.sh DIR OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
"$here/setup.sh" check
out=$(realpath -m "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# GOWORK and GOFLAGS of the machine have no say in what is built.
(cd "$1" && GOOS=wasip1 GOARCH=wasm GOWORK=off GOFLAGS=-mod=mod go build -trimpath -buildmode=c-shared -ldflags="-s -w" \
  -o "$work/core.wasm" .)
mkdir -p "$(dirname "$out")"
cd "$here/../.."
cargo -q xtask encode "$work/core.wasm" "$out" "$here/stub-wasi.wat"
