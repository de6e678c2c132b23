#!/usr/bin/env bash
# test.sh DIR: compiles the plugin and its tests in DIR for this machine, and runs them.
set -euo pipefail
[[ $# == 1 ]] || { echo "test.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -std=c11 -D_DEFAULT_SOURCE -Wall -Wextra -g -fsanitize=address,undefined -fno-sanitize-recover \
  -I"$here" "$1"/*.c "$here"/kiteline/*.c -o "$work/test"
ASAN_OPTIONS=detect_leaks=0 "$work/test"
