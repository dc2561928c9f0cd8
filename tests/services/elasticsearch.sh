# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# Elasticsearch, the server with its core modules; 9.2 where a Java 21 or later is there, else 8.19. Never as root.
elasticsearch_port=$((base + 3))
elasticsearch_more_ports=$((base + 7))
elasticsearch_user=mediamesh-search

# Leaves the version that a Java here can run in $version, and that Java in $java.
elasticsearch_version() {
    if java_home 21 99; then
        version=9.2.0
    else
        need_java 17 20 "Elasticsearch 8.19"
        version=8.19.21
    fi
}

elasticsearch_fetch() {
    elasticsearch_version
    command -v unzip >/dev/null || fail "missing: unzip. Paste:  apt-get install -y unzip"
    fetch_once "elasticsearch-$version" elasticsearch_unpack
}

elasticsearch_unpack() {
    artifact "org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip"
    unzip -q ./*.zip
    rm ./*.zip
    mv ./elasticsearch-*/* .
}

elasticsearch_start() {
    elasticsearch_version
    local place=$run/elasticsearch as=()
    mkdir -p "$place/config" "$place/data" "$place/logs" "$place/tmp"
    cp -r "$files/elasticsearch-$version/config/." "$place/config/"
    cat >"$place/config/elasticsearch.yml" <<END
cluster.name: mediamesh
discovery.type: single-node
network.host: 127.0.0.1
http.port: $elasticsearch_port
transport.port: $elasticsearch_more_ports
path.data: $place/data
path.logs: $place/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
END
    if [ "$(id -u)" -eq 0 ]; then
        id "$elasticsearch_user" >/dev/null 2>&1 || useradd -r -s /usr/sbin/nologin "$elasticsearch_user"
        chown -R "$elasticsearch_user" "$place"
        as=(setpriv "--reuid=$elasticsearch_user" "--regid=$elasticsearch_user" --clear-groups --)
    fi
    launch elasticsearch "${as[@]}" env "HOME=$place" "ES_TMPDIR=$place/tmp" "ES_PATH_CONF=$place/config" \
        "ES_JAVA_HOME=$java" "ES_JAVA_OPTS=-Xms512m -Xmx512m" "$files/elasticsearch-$version/bin/elasticsearch"
}

elasticsearch_ready() { answers "http://127.0.0.1:$elasticsearch_port/_cluster/health?wait_for_status=yellow&timeout=1s"; }

elasticsearch_env() { echo "MEDIAMESH_TEST_ELASTICSEARCH=http://127.0.0.1:$elasticsearch_port"; }
