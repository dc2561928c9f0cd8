# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# A schema registry that speaks Confluent's API: Apicurio, in memory.
registry_port=$((base + 1))
registry_app=apicurio-registry-app-2.6.13.Final

registry_fetch() {
    need_java 17 99 "The schema registry"
    fetch_once "$registry_app" registry_unpack
}

registry_unpack() {
    artifact io.apicurio:apicurio-registry-app:2.6.13.Final:tar.gz:all
    tar -xzf ./*.tar.gz
    rm ./*.tar.gz
}

registry_start() {
    need_java 17 99 "The schema registry"
    local jar
    jar=$(find "$files/$registry_app" -name "$registry_app-runner.jar" | head -n 1)
    launch registry "$java/bin/java" -Xmx256m -Dquarkus.http.host=127.0.0.1 "-Dquarkus.http.port=$registry_port" -jar "$jar"
}

registry_ready() { answers "http://127.0.0.1:$registry_port/apis/ccompat/v7/subjects"; }

registry_env() { echo "MEDIAMESH_TEST_REGISTRY=http://127.0.0.1:$registry_port/apis/ccompat/v7"; }
