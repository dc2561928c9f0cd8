#!/usr/bin/env bash
# The real servers that the distributed half is tested against, on 127.0.0.1:
#     services.sh up [SERVER...] | down [SERVER...] | status | env | clients        called as `./dev services`
# `clients` brings only what the tests' own clients of the servers need.
# Downloads and data lie outside the checkout; MEDIAMESH_SERVICES_PORT moves the ports.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
servers=(kafka registry cassandra elasticsearch redis s3)
for server in "${servers[@]}"; do
    # shellcheck source=/dev/null
    source "$here/$server.sh"
done
source "$here/clients.sh"

# Starts those that do not run, side by side, and waits for each.
up() {
    local server started=()
    one_at_a_time
    for server in "$@"; do "${server}_fetch"; done
    clients_fetch
    for server in "$@"; do
        if pid_of "$server" >/dev/null; then
            say "$server runs already"
            continue
        fi
        ports_are_free "$server"
        mkdir -p "$run/$server"
        "${server}_start"
        started+=("$server")
    done
    for server in ${started[@]+"${started[@]}"}; do await "$server" 240; done
}

down() {
    local server
    one_at_a_time
    for server in "$@"; do
        end "$server"
        rm -rf "${run:?}/$server"
        say "$server is down"
    done
}

status() {
    local server port pid
    for server in "$@"; do
        port=${server}_port
        if pid=$(pid_of "$server"); then
            printf '%-14s up    127.0.0.1:%-6s pid %-8s %s MiB\n' "$server" "${!port}" "$pid" "$(resident "$pid")"
        else
            printf '%-14s down\n' "$server"
        fi
    done
}

env_of_all() {
    local server
    for server in "${servers[@]}"; do "${server}_env" | sed 's/^/export /'; done
    clients_env | sed 's/^/export /'
}

verb=${1:-}
[ $# -eq 0 ] || shift
[ "$verb" = env ] || [ "$verb" = clients ] || [ $# -eq 0 ] || are_servers "$@"
[ $# -gt 0 ] || set -- "${servers[@]}"
case $verb in
up | down | status) "$verb" "$@" ;;
env) env_of_all ;;
clients) clients_fetch ;;
*) fail "use up, down, status, env or clients" ;;
esac
