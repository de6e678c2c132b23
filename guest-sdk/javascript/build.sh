#!/usr/bin/env bash
# build.sh DIR OUT: makes a component of the plugin.js in DIR, with QuickJS inside, and writes it to OUT.
set -euo pipefail
[[ $# == 2 ]] || { echo "build.sh DIR OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
compiler=$("$here/setup.sh" check)
root=$(cd "$here/../.." && pwd)
dir=$(cd "$1" && pwd)
out=$(realpath -m "$2")
mkdir -p "$(dirname "$out")"
# What the plugin imports lies in its folder, or beside it in the repository.
[[ $dir == "$root"/* ]] || root=$dir
"$compiler" --wit "$here/../../wit/v0.1.0" --world plugin --js "$dir/plugin.js" --module-root "$root" --sync -o "$out" >&2
