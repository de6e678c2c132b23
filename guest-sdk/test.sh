#!/usr/bin/env bash
# test.sh: gets the toolchains of the SDKs of other languages, and tests each SDK, its template and its examples, without a
# host. A language whose toolchain can't be had is passed over, and said.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD/..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The host is built anew where a file comes into the folders that it embeds.
export PYTHONDONTWRITEBYTECODE=1

# A project as it begins: the template with the SDK beside it.
project() { # LANGUAGE SDK
  cp -r "$1/template" "$work/$1"
  cp -r "$1/$2" "$work/$1/$2"
  grep -rlZ '{{name}}' "$work/$1" | xargs -0 sed -i 's/{{name}}/my-plugin/g'
}

test_python() {
  local folder
  python3 -m unittest discover -s python/tests
  for folder in python label/python; do (cd "$root/plugins/examples/$folder" && python3 -m unittest); done
  project python kiteline_guest
  (cd "$work/python" && python3 -m unittest)
}

test_javascript() {
  local folder
  node --test javascript/test/*.test.js
  for folder in javascript label/javascript; do (cd "$root/plugins/examples/$folder" && node --test); done
  project javascript kiteline
  (cd "$work/javascript" && node --test)
}

test_go() {
  local folder
  project go kiteline
  for folder in go/kiteline "$root"/plugins/examples/{go,label/go} "$work/go"; do
    (cd "$folder" && GOWORK=off go vet ./... && GOWORK=off go test ./...)
  done
}

test_c() {
  project c kiteline
  for folder in c/test "$root"/plugins/examples/{c,label/c} "$work/c"; do c/test.sh "$folder"; done
}

for language in python javascript go c; do
  echo "== $language"
  if "$language/setup.sh" >/dev/null; then "test_$language"; else echo "$language is passed over"; fi
done
