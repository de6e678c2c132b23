#!/usr/bin/env bash
# setup.sh [check]: makes the toolchain for plugins in Python ready, and prints its command. `check` installs nothing.
set -euo pipefail
version=0.25.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kiteline/componentize-py-$version

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "python3 is missing or older than 3.11: install it, https://python.org" >&2
  exit 3
fi
if [[ ! -d $cache ]]; then
  if [[ ${1-} == check ]]; then
    echo "componentize-py $version is missing: run guest-sdk/python/setup.sh" >&2
    exit 3
  fi
  # Under its name only when it is complete.
  mkdir -p "${cache%/*}"
  work=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  python3 -m pip install -q --disable-pip-version-check --no-compile --target "$work" "componentize-py==$version" >&2
  mv -T "$work" "$cache" 2>/dev/null || [[ -d $cache ]]
fi
echo "env PYTHONPATH=$cache python3 $cache/bin/componentize-py"
