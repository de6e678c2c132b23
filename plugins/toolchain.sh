#!/usr/bin/env bash
# Builds plugins for wasm32-unknown-unknown on any machine.
#
#   toolchain.sh build DIR [CARGO_ARG...]   builds the crate or workspace in DIR, prints the paths of its core modules
#   toolchain.sh setup                      only makes the toolchain ready
#   toolchain.sh version [DIR]              says which rustc builds the crate or workspace in DIR
#
# KITELINE_WASM_TOOLCHAIN=auto     (default) rustup's target, added if it is missing; where that fails, Debian's rustc
# KITELINE_WASM_TOOLCHAIN=debian   Debian's rustc, and a standard library built once from Debian's source of it
#
# Other flags of the environment for rustc (RUSTFLAGS and the like) are meant for the host and not used.
set -euo pipefail

target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src lld-22)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kiteline
cargo=cargo
flags=()

die() { echo "toolchain.sh: $*" >&2; exit 2; }
say() { echo "toolchain.sh: $*" >&2; }

# rustc prints the directory even where nothing is in it: look for the library itself.
rustup_has_std() { compgen -G "$(rustc --print target-libdir --target $target)/libcore-*.rlib" >/dev/null; }

debian_has_packages() {
  local installed
  installed=$(dpkg-query -Wf '${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | grep -c '^ii') || true
  [[ $installed == "${#packages[@]}" ]]
}

# Compiler and library must match, so the name holds the compiler's version, and a number that goes up when the library
# is built in another way: what was compiled against another one must be compiled again.
debian_sysroot() { echo "$cache/wasm-sysroot-1-$(/usr/bin/rustc -vV | sha256sum | cut -c1-16)"; }

install_debian_packages() {
  command -v apt-get >/dev/null || die "run once: rustup target add $target"
  [[ $(id -u) == 0 ]] || die "run once as root: apt-get install --no-install-recommends ${packages[*]}"
  say "installing ${packages[*]}"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "${packages[@]}" >&2
}

# A directory appears under its name only when it is complete: a half-built library is never used, and two runs at a
# time do no harm.
build_std() {
  say "building the standard library for $target, once"
  mkdir -p "${1%/*}"
  work=$(mktemp -d "$1.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  local lib=$work/sysroot/lib/rustlib/$target/lib deps=$work/target/$target/release/deps
  local source
  source=$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library
  mkdir -p "$work/src" "$work/.cargo" "$lib"
  printf '%s\n' '[package]' 'name = "empty"' 'edition = "2024"' '[profile.release]' 'panic = "abort"' '[workspace]' \
    >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  # The source brings what it depends on: nothing is downloaded.
  printf '%s\n' '[source.crates-io]' 'replace-with = "std"' '[source.std]' "directory = \"$source/vendor\"" \
    >"$work/.cargo/config.toml"
  # With bitcode, plugins are optimised together with the library.
  (cd "$work" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/target CARGO_ENCODED_RUSTFLAGS=-Cembed-bitcode=yes \
    "$cargo" build -q --release --target $target -Z build-std=std,panic_abort) >&2
  rm "$deps"/libempty-*
  cp "$deps"/*.rlib "$lib/"
  mv -T "$work/sysroot" "$1" 2>/dev/null || [[ -d $1 ]]
}

use_debian() {
  debian_has_packages || install_debian_packages
  export RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22
  cargo=/usr/bin/cargo
  local sysroot
  sysroot=$(debian_sysroot)
  [[ -d $sysroot ]] || build_std "$sysroot"
  flags+=(--sysroot "$sysroot")
}

# Asks the network only where nothing on this machine will do: a closed machine would wait for it at every build.
use_any() {
  if command -v rustup >/dev/null && rustup_has_std; then return; fi
  if debian_has_packages && [[ -d $(debian_sysroot) ]]; then use_debian; return; fi
  if command -v rustup >/dev/null && rustup target add $target >&2 && rustup_has_std; then return; fi
  say "rustup has no $target, taking Debian's rustc"
  use_debian
}

unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET RUSTC RUSTC_WRAPPER \
  RUSTC_WORKSPACE_WRAPPER

command=${1-}
repository=$(cd "$(dirname "$0")/.." && pwd)
cd "${2-.}" # a rust-toolchain.toml there decides which toolchain rustup means
case ${KITELINE_WASM_TOOLCHAIN:-auto} in
  auto) use_any ;;
  debian) use_debian ;;
  *) die "KITELINE_WASM_TOOLCHAIN is auto or debian" ;;
esac
case $command in
  setup) ;;
  version) "${RUSTC:-rustc}" --version ;;
  build)
    # A panic names its place in the source: say it without the folders of the machine that built the plugin.
    flags+=("--remap-path-prefix=$repository=" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo")
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
    built=$("$cargo" build --release --target $target --message-format=json-render-diagnostics "${@:3}")
    grep -o '"[^"]*/release/[^"/]*\.wasm"' <<<"$built" | tr -d '"' | sort -u ||
      die "no core module in $2: crate-type = [\"cdylib\"]?"
    ;;
  *) die "build DIR [CARGO_ARG...] | setup | version [DIR]" ;;
esac
