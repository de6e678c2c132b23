# shellcheck shell=bash
# What the scripts beside this one share; it is sourced by them, not run.
#
# Each server process has a home: a folder with its `pid` and its `log`. The process carries the name of its home in its
# environment, so that a pid file left over from a process long gone is never taken for another with the same number.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/kiteline

say() { echo "${0##*/}: $*" >&2; }
die() { say "$@"; exit 1; }
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# cached NAME MAKE: $cache/NAME exists after this. MAKE is a function that fills the folder it is given; the folder gets
# its name only when it is complete, and others wait meanwhile.
cached() (
  made=$cache/$1
  [[ ! -d $made ]] || exit 0
  mkdir -p "$cache"
  exec 9>"$made.lock"
  flock 9
  [[ ! -d $made ]] || exit 0
  say "making $made, once"
  rm -rf "$made.part"
  mkdir "$made.part"
  "$2" "$made.part" >&2
  mv "$made.part" "$made"
)

# pip_install FOLDER REQUIREMENT…: a private Python environment. It is moved after this: use FOLDER/bin/python -m MODULE.
pip_install() {
  python3 -m venv "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check "${@:2}"
}

# claim_ports HOME: prints the first of 20 ports that belong to HOME for as long as the folder exists, so that a server
# that was killed finds them free when it comes back. They lie below the ports that the system gives to clients.
claim_ports() (
  if [[ -s $1/port ]]; then
    cat "$1/port"
    exit
  fi
  mkdir -p "$1" "$cache/ports"
  exec 9>"$cache/ports/lock"
  flock 9
  from=$RANDOM
  for ((i = 0; i < 600; i++)); do
    first=$((20000 + (from + i) % 600 * 20))
    owner=$(cat "$cache/ports/$first" 2>/dev/null || true)
    if [[ -n $owner && $(cat "$owner/port" 2>/dev/null) == "$first" ]] || listening "$first" 20; then continue; fi
    echo "$1" >"$cache/ports/$first"
    echo "$first" | tee "$1/port"
    exit
  done
  die "no 20 free ports between 20000 and 32000"
)

# listening FIRST COUNT: whether any process on this machine listens on one of these ports.
listening() {
  local alternatives
  printf -v alternatives '|%04X' $(seq "$1" $(($1 + $2 - 1)))
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE ":(${alternatives:1}) [0-9A-F]+:0000 0A "
}

# spawn HOME COMMAND…: starts the server and notes its pid. It outlives the script and its terminal.
spawn() {
  [[ ! -f $1/log ]] || mv "$1/log" "$1/log.1"
  KITELINE_SERVER=$1 setsid "${@:2}" </dev/null >"$1/log" 2>&1 9>&- &
  echo $! >"$1/pid"
  # The process is known by its environment, which it has once the command took the place of this shell's copy.
  until alive "$1" || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
  disown # or the shell would tell of its end
}

alive() { # HOME
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  # A process has no environment for a moment when it becomes another program, as setsid does.
  ours "$pid" "$1" || { kill -0 "$pid" 2>/dev/null && sleep 0.02 && ours "$pid" "$1"; }
}

ours() { grep -qszxF "KITELINE_SERVER=$2" "/proc/$1/environ"; } # PID HOME

# await HOME SECONDS TEST…: returns when TEST succeeds; dies when the server ended or the time is over.
await() {
  local end=$((SECONDS + $2))
  until "${@:3}"; do
    if ! alive "$1" || ((SECONDS > end)); then
      tail -n 5 "$1/log" >&2
      alive "$1" || die "the server ended: see $1/log"
      die "the server was not ready within $2 s: see $1/log"
    fi
    sleep 0.05
  done
}

signal() { # SIGNAL HOME…
  local home
  for home in "${@:2}"; do
    if alive "$home"; then kill -s "$1" "$(cat "$home/pid")" 2>/dev/null || true; fi
  done
}

# finish SIGNAL SECONDS HOME…: ends servers, paused ones too, and waits; SIGKILL for what is there after SECONDS.
finish() {
  local home end=$((SECONDS + $2))
  signal "$1" "${@:3}"
  signal CONT "${@:3}"
  for home in "${@:3}"; do
    while alive "$home" && ((SECONDS < end)); do sleep 0.05; done
    signal KILL "$home"
    while alive "$home"; do sleep 0.05; done
    rm -f "$home/pid"
  done
}

# one_process STOP_SIGNAL COMMAND [DIR [SETTING…]]: the commands of a script whose server is one process and whose home is
# DIR. The script has the functions `prepare`, which fills the cache, and `start`, which starts what does not run in $dir.
one_process() {
  if [[ ${2-} == prepare ]]; then
    prepare
    return
  fi
  [[ $# -eq 3 || ($# -gt 3 && $2 == start) ]] || usage
  dir=$(realpath -m "$3")
  case $2 in
    start)
      prepare
      lock
      start "${@:4}"
      ;;
    stop) finish "$1" 10 "$dir" ;;
    kill) finish KILL 0 "$dir" ;;
    pause) signal STOP "$dir" ;;
    resume) signal CONT "$dir" ;;
    *) usage ;;
  esac
}

lock() { # one start at a time in $dir
  mkdir -p "$dir"
  exec 9>"$dir/lock"
  flock 9
}
