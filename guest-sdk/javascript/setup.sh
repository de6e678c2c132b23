#!/usr/bin/env bash
# setup.sh [check]: makes the toolchain for plugins in JavaScript ready, and prints its command. `check` installs nothing.
set -euo pipefail
version=0.4.5
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kiteline/componentize-qjs-$version

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "node and npm are missing: install Node.js 20 or newer, https://nodejs.org" >&2
  exit 3
fi
if [[ ! -d $cache ]]; then
  if [[ ${1-} == check ]]; then
    echo "componentize-qjs $version is missing: run guest-sdk/javascript/setup.sh" >&2
    exit 3
  fi
  # Under its name only when it is complete.
  mkdir -p "${cache%/*}"
  work=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  npm install --silent --ignore-scripts --prefix "$work" "componentize-qjs@$version" >&2
  mv -T "$work" "$cache" 2>/dev/null || [[ -d $cache ]]
fi
echo "$cache/node_modules/.bin/componentize-qjs"
