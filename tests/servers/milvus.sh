#!/usr/bin/env bash
# milvus.sh COMMAND DIR: a real Milvus 2.3.5, standalone with embedded etcd and rocksmq, its data and ports private to DIR.
#
#   start DIR [--secure] [KEY=VALUE …]
#                        start it unless it runs, wait until it is healthy, print its address
#   stop | kill DIR      end it with SIGKILL: on SIGTERM it can hang for minutes, and what it acknowledged is safe
#   pause | resume DIR   SIGSTOP, SIGCONT
#   prepare              only fill the cache
#
# --secure counts at the first start of a DIR: TLS with certificates on both sides, and users with passwords (root:Milvus).
# Then the folder of the certificates is printed behind the address. ca.pem is the authority, server.pem is for 127.0.0.1
# and milvus.test, client.pem is known to the server; stranger.pem is not, being of the authority stranger-ca.pem.
#
# KEY=VALUE is a setting of Milvus by its place in milvus.yaml, as quotaAndLimits.dml.enabled=true, and stays.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=2.3.5
server=$cache/milvus-$version

# The package on PyPI carries the server, compressed; nothing of Python's is left when it is unpacked.
unpack_server() { # FOLDER
  [[ $(uname -sm) == "Linux x86_64" ]] || die "Milvus $version comes as a package for Linux on x86-64 only"
  pip_install "$1/env" --no-deps --only-binary :all: "milvus==$version"
  "$1/env/bin/python" - "$1" <<'PY'
import lzma, pathlib, shutil, sys, milvus

source, target = pathlib.Path(milvus.__file__).parent / "data", pathlib.Path(sys.argv[1])
(target / "bin").mkdir()
for file in (source / "bin").iterdir():
    unpacked = target / "bin" / file.name.removesuffix(".lzma")
    with (lzma.open if file.suffix == ".lzma" else open)(file, "rb") as packed, open(unpacked, "wb") as out:
        shutil.copyfileobj(packed, out)
    unpacked.chmod(0o755)
for name in ("config.yaml.template", "glog.conf"):
    shutil.copy(source / name, target)
PY
  rm -r "$1/env"
}

certificate() { # NAME AUTHORITY EXTENSIONS
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=Kiteline test $1" \
    -keyout "$1.key" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 3650 -extfile <(echo "$3") -out "$1.pem"
  rm "$1.csr"
}

make_certificates() { # FOLDER
  local name
  mkdir -p "$1.part"
  cd "$1.part"
  for name in ca stranger-ca; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=Kiteline test $name" \
      -keyout "$name.key" -out "$name.pem"
  done
  certificate server ca "subjectAltName=IP:127.0.0.1,DNS:milvus.test"
  certificate client ca "extendedKeyUsage=clientAuth"
  certificate stranger stranger-ca "extendedKeyUsage=clientAuth"
  mv "$1.part" "$1"
}

# The server's own template with our ports and folders; then what it has no name for: loopback for all components, the
# port of etcd, and a short session, as collections load after a kill only when the old session is over.
configure() {
  local port pair script=() folder=${dir//[&|\\]/\\&} secure=false
  [[ ! -d $dir/tls ]] || secure=true
  port=$(claim_ports "$dir")
  mkdir -p "$dir/configs" "$dir/logs" "$dir/data"
  cp "$server/glog.conf" "$dir/configs/"
  cat >"$dir/configs/etcd.yaml" <<YAML
name: default
data-dir: $dir/data/etcd
listen-client-urls: http://127.0.0.1:$((port + 2))
advertise-client-urls: http://127.0.0.1:$((port + 2))
listen-peer-urls: http://127.0.0.1:$((port + 3))
initial-advertise-peer-urls: http://127.0.0.1:$((port + 3))
initial-cluster: default=http://127.0.0.1:$((port + 3))
log-outputs: [$dir/logs/etcd.log]
log-level: warn
YAML
  for pair in proxy_port=$port proxy_internal_port=$((port + 1)) etcd_port=$((port + 2)) root_coord_port=$((port + 4)) \
    query_coord_port=$((port + 5)) query_node_port=$((port + 6)) index_coord_port=$((port + 7)) \
    index_node_port=$((port + 8)) data_coord_port=$((port + 9)) data_node_port=$((port + 10)) \
    etcd_log_level=warn "etcd_log_path=$folder/logs/etcd.log" "etcd_data_dir=$folder/data/etcd" \
    "local_storage_dir=$folder/data" "rocksmq_data_dir=$folder/data/rocksmq" "system_log_path=$folder/logs" \
    "server_pem_path=$folder/tls/server.pem" "server_key_path=$folder/tls/server.key" "ca_pem_path=$folder/tls/ca.pem" \
    authorization_enabled=$secure tls_mode="$([[ $secure == true ]] && echo 2 || echo 0)"; do
    script+=(-e "s|[{][{] *${pair%%=*}[^a-z_][^}]*[}][}]|${pair#*=}|")
  done
  sed -E "${script[@]}" \
    -e "s|^  ip:.*|  ip: 127.0.0.1|" \
    -e "s|^    dir: $folder/data/etcd|&\n  config:\n    path: $folder/configs/etcd.yaml|" \
    -e "s|^    ttl: 30 |    ttl: 10 |" \
    "$server/config.yaml.template" >"$dir/configs/milvus.yaml"
}

healthy() { # metrics and health have a port that the configuration does not know
  local answer= # stays so where the connection ends at once
  {
    exec 8<>"/dev/tcp/127.0.0.1/$(($(cat "$dir/port") + 11))" || return 1
    printf 'GET /healthz HTTP/1.0\r\n\r\n' >&8
    read -r -d '' -t 5 answer <&8 || true # it ends at the end of the answer
  } 2>/dev/null
  [[ $answer == *$'\r\n\r\nOK'* ]]
}

prepare() { cached "${server##*/}" unpack_server; }

start() { # [--secure] [KEY=VALUE …]
  local setting key
  if [[ ${1-} == --secure ]]; then
    shift
    [[ -e $dir/port ]] || (make_certificates "$dir/tls") 2>"$dir/tls.log"
  fi
  if ! alive "$dir"; then
    configure
    [[ $# -eq 0 ]] || printf '%s\n' "$@" >>"$dir/settings"
    touch "$dir/settings"
    while read -r setting; do
      key=${setting%%=*}
      export "${key//./_}=${setting#*=}" # Milvus takes them from its environment, with _ for .
    done <"$dir/settings"
    cd "$dir" # where it looks for its configuration
    DEPLOY_MODE=STANDALONE METRICS_PORT=$(($(cat port) + 11)) MILVUS_RUN_DIR=$dir/run LD_LIBRARY_PATH=$server/bin \
      spawn "$dir" "$server/bin/milvus" run standalone
  fi
  await "$dir" 120 healthy
  if [[ -d $dir/tls ]]; then
    echo "https://127.0.0.1:$(cat "$dir/port") $dir/tls"
  else
    echo "http://127.0.0.1:$(cat "$dir/port")"
  fi
}

one_process KILL "$@"
