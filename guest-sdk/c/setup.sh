#!/usr/bin/env bash
# setup.sh [check]: makes the toolchain for plugins in C ready, and prints the compiler's command. `check` installs nothing.
#
# clang 22 with wasi-libc, from Debian's packages, or else zig's clang from PyPI in the cache.
set -euo pipefail
zig=0.17.0
packages=(clang-22 lld-22 libclang-rt-22-dev-wasm32 wasi-libc)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kiteline/zig-$zig

has_clang() { command -v clang-22 wasm-ld-22 >/dev/null && [[ -e /usr/lib/wasm32-wasi/libc.a || -e /usr/include/wasm32-wasi/stdlib.h ]]; }
has_zig() { [[ -x $cache/bin/python3 ]]; }

if ! has_clang && ! has_zig; then
  if [[ ${1-} == check ]]; then
    echo "no compiler for wasm: run guest-sdk/c/setup.sh, or as root: apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 3
  fi
  if [[ $(id -u) == 0 ]] && apt-cache show clang-22 >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "${packages[@]}" >&2
  else
    # Under its name only when it is complete.
    rm -rf "$cache.part"
    python3 -m venv "$cache.part"
    "$cache.part/bin/pip" install -q "ziglang==$zig" >&2
    mv -T "$cache.part" "$cache"
  fi
fi
if has_clang; then
  echo "clang-22 --target=wasm32-wasi"
else
  echo "$cache/bin/python3 -m ziglang cc --target=wasm32-wasi -Wl,-z,stack-size=65536"
fi
