#!/usr/bin/env bash
# setup.sh [check]: says whether the toolchain for plugins in Go is there. Go is installed by its own means.
set -euo pipefail
least=1.24 # the first that takes and gives texts and exports functions
command -v go >/dev/null || { echo "go is missing: install Go $least or newer, https://go.dev/dl" >&2; exit 3; }
found=$(go env GOVERSION)
[[ $(printf '%s\n' "go$least" "${found%% *}" | sort -V | head -1) == "go$least" ]] ||
  { echo "$found is too old: install Go $least or newer, https://go.dev/dl" >&2; exit 3; }
