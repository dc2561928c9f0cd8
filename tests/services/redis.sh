# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# Redis, in memory alone.
redis_port=$((base + 4))

redis_fetch() { command -v redis-server >/dev/null || fail "missing: redis-server. Paste:  apt-get install -y redis-server"; }

redis_start() {
    launch redis redis-server --bind 127.0.0.1 --port "$redis_port" --save "" --appendonly no --dir "$run/redis"
}

redis_ready() { [ "$(redis-cli -h 127.0.0.1 -p "$redis_port" ping)" = PONG ]; }

redis_env() { echo "MEDIAMESH_TEST_REDIS=redis://127.0.0.1:$redis_port"; }
