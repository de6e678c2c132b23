#!/usr/bin/env bash
# build.sh DIR OUT: builds the plugin.c in DIR, and writes the component to OUT.
set -euo pipefail
[[ $# == 2 ]] || { echo "build.sh DIR OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
compiler=$("$here/setup.sh" check)
out=$(realpath -m "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=(kiteline.c kiteline_batch.c kiteline_config.c)
# shellcheck disable=SC2086 # the compiler is a command of several words
$compiler -std=c11 -Wall -Wextra -Wno-deprecated -O3 -s -flto -msimd128 -mbulk-memory -mexec-model=reactor -ffile-prefix-map="$PWD/=" \
  -I"$here" "$1/plugin.c" "${sources[@]/#/$here/kiteline/}" -o "$work/core.wasm"
mkdir -p "$(dirname "$out")"
cd "$here/../.."
cargo -q xtask encode "$work/core.wasm" "$out" guest-sdk/go/stub-wasi.wat
