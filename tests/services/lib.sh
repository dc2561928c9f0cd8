# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# What the servers share: where things lie, which Java fits, and processes that are ended by the id they started with.
# Sourced by services.sh. Each server is a file with the functions NAME_fetch, NAME_start, NAME_ready and NAME_env.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}
# Elasticsearch does not run as root, and root's own folder is closed to others.
[ "$(id -u)" -ne 0 ] || cache=/var/cache
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

# The release of a Java, or nothing.
java_release() { "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1; }

# java_home LEAST MOST: leaves in $java the home of the oldest Java between the two; false where there is none.
java_home() {
    local candidate release best=""
    java=""
    for candidate in "${JAVA_HOME:-}" "$(java_on_path)" /usr/lib/jvm/*; do
        [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] || continue
        release=$(java_release "$candidate")
        [ -n "$release" ] && [ "$release" -ge "$1" ] && [ "$release" -le "$2" ] || continue
        [ -z "$best" ] || [ "$release" -lt "$best" ] || continue
        best=$release
        java=$candidate
    done
    [ -n "$java" ]
}

java_on_path() {
    local found
    found=$(command -v java) && dirname "$(dirname "$(readlink -f "$found")")"
}

need_java() { java_home "$1" "$2" || fail "$3 needs Java $1 to $2. Paste:  apt-get install -y default-jdk-headless"; }

# ---- processes -----------------------------------------------------------------------------------

# When a process started, as the kernel counts it: an id that was given anew has another.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# launch NAME COMMAND...: starts it in the background, away from this terminal, in its own process group.
launch() {
    local name=$1 pid
    shift
    mkdir -p "$run/$name"
    setsid "$@" >"$run/$name/log" 2>&1 </dev/null &
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

is_free() { ! (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# await NAME SECONDS: until NAME_ready says so; shows the end of the log where it ends before, or never is.
await() {
    local until=$((SECONDS + $2))
    until "$1_ready" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$until" ] || ! pid_of "$1" >/dev/null; then
            tail -n 30 "$run/$1/log" >&2
            fail "$1 is not ready after $2 s, or has ended; the whole log is $run/$1/log"
        fi
        sleep 0.3
    done
    say "$1 is ready"
}

answers() { curl --silent --fail --output /dev/null --max-time 2 "$@"; }
