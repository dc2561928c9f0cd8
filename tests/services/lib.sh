# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# What the servers share: where things lie, which Java fits, and processes that are ended by the id they started with.
# Sourced by services.sh. Each server is a file with the functions NAME_fetch, NAME_start, NAME_ready and NAME_env, and
# with its port in NAME_port; further ports that it takes are in NAME_more_ports.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}
# Elasticsearch does not run as root, and root's own folder is closed to others.
[ "$(id -u)" -ne 0 ] || cache=/var/cache
source "$here/java.sh"

home=${MEDIAMESH_SERVICES_DIR:-$cache/mediamesh/services}
files=$home/files # what was downloaded
run=$home/run     # data, logs and process ids of what runs
base=${MEDIAMESH_SERVICES_PORT:-26000}

maven=(mvn -q -B)
copy=org.apache.maven.plugins:maven-dependency-plugin:3.6.1

say() { printf 'services: %s\n' "$*"; }

fail() {
    printf 'services: %s\n' "$*" >&2
    exit 2
}

# fetch_once NAME COMMAND...: runs the command in a fresh folder that becomes $files/NAME when it succeeds.
fetch_once() {
    local name=$1 fresh
    shift
    [ -d "$files/$name" ] && return
    say "fetches $name once"
    mkdir -p "$files"
    fresh=$(mktemp -d "$files/.$name.XXXXXX")
    (cd "$fresh" && "$@") >"$home/fetch-$name.log" 2>&1 || {
        tail -n 20 "$home/fetch-$name.log" >&2
        rm -rf "$fresh"
        fail "$name cannot be fetched; the whole of it is in $home/fetch-$name.log"
    }
    chmod 755 "$fresh"
    mv -T "$fresh" "$files/$name"
}

# jars POM: copies what a POM of this folder depends on into ./lib
jars() { "${maven[@]}" -f "$here/$1" "$copy:copy-dependencies" "-DoutputDirectory=$PWD/lib"; }

# artifact COORDINATES: copies one artifact into the current folder
artifact() { "${maven[@]}" "$copy:copy" "-Dartifact=$1" "-DoutputDirectory=$PWD"; }

need_java() { java_home "$1" "$2" || fail "$3 needs Java $1 to $2. Paste:  apt-get install -y openjdk-17-jdk-headless"; }

# ---- processes -----------------------------------------------------------------------------------

# When a process started, as the kernel counts it: an id that was given anew has another.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# launch NAME COMMAND...: starts it in the background, away from this terminal, in its own process group.
launch() {
    local name=$1 pid
    shift
    mkdir -p "$run/$name"
    setsid "$@" >"$run/$name/log" 2>&1 </dev/null {lock}>&- &
    pid=$!
    disown
    echo "$pid $(started_at "$pid")" >"$run/$name/pid"
}

# pid_of NAME: the id of a server that was started here and still runs.
pid_of() {
    local pid since
    read -r pid since 2>/dev/null <"$run/$1/pid" || return 1
    [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ] && echo "$pid"
}

# end NAME: ends its process group, patiently first.
end() {
    local pid
    if pid=$(pid_of "$1"); then
        kill -TERM -- "-$pid" 2>/dev/null || true
        for _ in $(seq 100); do
            pid_of "$1" >/dev/null || break
            sleep 0.1
        done
        ! pid_of "$1" >/dev/null || kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -f "$run/$1/pid"
}

# The memory of a server with the processes it started (one session), in MiB.
resident() {
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' |
        awk -v session="$1" -v page="$(getconf PAGESIZE)" '$4 == session { n += $22 } END { print int(n * page / 2 ^ 20) }'
}

# Two that start or end the same servers at one time wait for each other.
one_at_a_time() {
    mkdir -p "$home"
    exec {lock}>"$home/lock"
    flock -w 900 "$lock" || fail "another 'services up' or 'down' has gone on for 15 minutes (lock: $home/lock)"
}

are_servers() {
    local name
    for name in "$@"; do
        [[ " ${servers[*]} " == *" $name "* ]] || fail "no server '$name'; there are: ${servers[*]}"
    done
}

ports_are_free() {
    local port=${1}_port more=${1}_more_ports
    for port in "${!port}" ${!more:-}; do
        is_free "$port" || fail "port $port for $1 is taken: set MEDIAMESH_SERVICES_PORT to another base than $base"
    done
}

is_free() { ! (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# await NAME SECONDS: until NAME_ready says so; shows the end of the log where it ends before, or never is.
await() {
    local until=$((SECONDS + $2)) from=$SECONDS
    say "waits for $1"
    until "$1_ready" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$until" ] || ! pid_of "$1" >/dev/null; then
            tail -n 30 "$run/$1/log" >&2
            fail "$1 has ended, or is not ready after $((SECONDS - from)) s; the whole log is $run/$1/log"
        fi
        sleep 0.3
    done
    say "$1 is ready"
}

# replies PORT REQUEST BYTES: sends a request, given as printf writes it, and prints the first bytes of the reply in hex.
replies() {
    local socket
    {
        exec {socket}<>"/dev/tcp/127.0.0.1/$1"
        # shellcheck disable=SC2059 # the request is a format of escapes
        printf "$2" >&"$socket"
        timeout 5 head -c "$3" <&"$socket" | od -An -v -tx1 | tr -d ' \n'
        exec {socket}>&-
    } 2>/dev/null
}

answers() { curl --silent --fail --output /dev/null --max-time 2 "$@"; }
