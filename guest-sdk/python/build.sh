#!/usr/bin/env bash
# build.sh DIR OUT: makes a component of the app.py in DIR, with CPython inside, and writes it to OUT.
set -euo pipefail
[[ $# == 2 ]] || { echo "build.sh DIR OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
compiler=$("$here/setup.sh" check)
out=$(realpath -m "$2")
mkdir -p "$(dirname "$out")"
cd "$1"
export PYTHONDONTWRITEBYTECODE=1 # nothing is left in the folders of the SDK
# Not stubbed: `print` and tracebacks go through WASI to the dead letter.
# shellcheck disable=SC2086 # the compiler is a command of several words
$compiler -q -d "$here/../../wit/v0.1.0" -w plugin componentize -p . -p "$here" app -o "$out" >&2
