# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# Apache Kafka, one node, broker and controller in one (KRaft).
kafka_port=$base
kafka_more_ports=$((base + 9))

kafka_fetch() {
    need_java 17 99 Kafka
    fetch_once kafka-4.1.2 jars kafka.pom.xml
}

kafka_start() {
    need_java 17 99 Kafka
    local controller=$kafka_more_ports properties=$run/kafka/server.properties
    cat >"$properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$kafka_port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$kafka_port
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
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

# A request of the protocol (ApiVersions 0, correlation 7, no client id) is answered: its correlation, and no error.
kafka_ready() {
    [[ $(replies "$kafka_port" '\0\0\0\012\0\022\0\0\0\0\0\007\377\377' 10) == ????????000000070000 ]]
}

kafka_env() { echo "MEDIAMESH_TEST_KAFKA=127.0.0.1:$kafka_port"; }
