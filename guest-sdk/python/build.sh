#!/usr/bin/env bash
# build.sh DIR OUT: makes a component of the app.py in DIR, with CPython inside, and writes it to OUT.
set -euo pipefail
[[ $# == 2 ]] || { echo "build.sh DIR OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
compiler=$("$here/setup.sh" check)
out=$(realpath -m "$2")
mkdir -p "$(dirname "$out")"
cd "$1"
# A copy of the SDK, as the compiler's CPython writes `__pycache__` beside what it reads, whatever it is told.
sdk=$(mktemp -d)
trap 'rm -rf "$sdk"' EXIT
cp -r "$here/kiteline_guest" "$sdk"
# Not stubbed: `print` and tracebacks go through WASI to the dead letter.
# shellcheck disable=SC2086 # the compiler is a command of several words
$compiler -q -d "$here/../../wit/v0.1.0" -w plugin componentize -p . -p "$sdk" app -o "$out" >&2
