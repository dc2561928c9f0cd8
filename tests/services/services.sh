#!/usr/bin/env bash
# The real servers that the distributed half is tested against, on 127.0.0.1: services.sh up | down | status | env
# Called as `./dev services`. Downloads and data lie outside the checkout; MEDIAMESH_SERVICES_PORT moves the ports.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
servers=(kafka registry cassandra elasticsearch redis s3)
for server in "${servers[@]}"; do
    # shellcheck source=/dev/null
    source "$here/$server.sh"
done

up() {
    local server port=() started=()
    command -v mvn >/dev/null || fail "missing: mvn. Paste:  apt-get install -y maven default-jdk-headless"
    for server in "${servers[@]}"; do "${server}_fetch"; done
    for server in "${servers[@]}"; do
        if pid_of "$server" >/dev/null; then
            say "$server runs already"
            continue
        fi
        port=${server}_port
        is_free "${!port}" || fail "port ${!port} for $server is taken: set MEDIAMESH_SERVICES_PORT to another base"
        mkdir -p "$run/$server"
        "${server}_start"
        started+=("$server")
    done
    for server in ${started[@]+"${started[@]}"}; do await "$server" 180; done
}

down() {
    local server
    for server in "${servers[@]}"; do
        end "$server"
        rm -rf "${run:?}/$server"
    done
    say "all down; what was fetched stays in $files"
}

status() {
    local server port pid
    for server in "${servers[@]}"; do
        port=${server}_port
        if pid=$(pid_of "$server"); then
            printf '%-14s up    127.0.0.1:%-6s pid %-8s %s MiB\n' "$server" "${!port}" "$pid" "$(resident "$pid")"
        else
            printf '%-14s down\n' "$server"
        fi
    done
}

# The memory of a process group, in MiB.
resident() { ps -o rss= --sid "$1" | awk '{ sum += $1 } END { print int(sum / 1024) }'; }

env_of_all() {
    local server
    for server in "${servers[@]}"; do "${server}_env" | sed 's/^/export /'; done
}

case ${1:-} in
up) up ;;
down) down ;;
status) status ;;
env) env_of_all ;;
*) fail "use up, down, status or env" ;;
esac
