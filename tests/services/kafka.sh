# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# Apache Kafka, one node, broker and controller in one (KRaft). Beside the plain listener there is one with TLS and a
# password; its certificate signs itself and is for the address 127.0.0.1 alone.
kafka_port=$base
kafka_tls_port=$((base + 6))
kafka_more_ports="$kafka_tls_port $((base + 9))"
kafka_user=mediamesh
kafka_password=of-no-worth

kafka_fetch() {
    need_java 17 99 Kafka
    fetch_once kafka-4.1.2 jars kafka.pom.xml
}

kafka_start() {
    need_java 17 99 Kafka
    local controller=$((base + 9)) properties=$run/kafka/server.properties store=$run/kafka/tls.p12
    [ -f "$store" ] || kafka_certificate "$store"
    cat >"$properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$kafka_port,SECURE://127.0.0.1:$kafka_tls_port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$kafka_port,SECURE://127.0.0.1:$kafka_tls_port
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_$kafka_user="$kafka_password";
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.location=$store
ssl.keystore.password=$kafka_password
log.dirs=$run/kafka/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.backoff.ms=500
log.retention.check.interval.ms=10000
END
    [ -d "$run/kafka/data" ] || "$java/bin/java" -cp "$files/kafka-4.1.2/lib/*" kafka.tools.StorageTool \
        format -t bWVkaWFtZXNoLWxvY2FsMQ -c "$properties" >"$run/kafka/format.log"
    launch kafka "$java/bin/java" -Xmx512m -cp "$files/kafka-4.1.2/lib/*" kafka.Kafka "$properties"
}

kafka_certificate() {
    "$java/bin/keytool" -genkeypair -alias kafka -keyalg EC -groupname secp256r1 -validity 3650 -dname CN=kafka \
        -ext bc:c -ext san=ip:127.0.0.1 -storetype PKCS12 -keystore "$1" -storepass "$kafka_password"
} >"$run/kafka/keytool.log" 2>&1

# A request of the protocol (ApiVersions 0, correlation 7, no client id) is answered: its correlation, and no error.
kafka_ready() {
    [[ $(replies "$kafka_port" '\0\0\0\012\0\022\0\0\0\0\0\007\377\377' 10) == ????????000000070000 ]]
}

kafka_env() {
    echo "MEDIAMESH_TEST_KAFKA=127.0.0.1:$kafka_port"
    echo "MEDIAMESH_TEST_KAFKA_TLS=127.0.0.1:$kafka_tls_port"
    echo "MEDIAMESH_TEST_KAFKA_USER=$kafka_user"
    echo "MEDIAMESH_TEST_KAFKA_PASSWORD=$kafka_password"
}
