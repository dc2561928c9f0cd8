# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# Apache Cassandra: speaks the CQL that ScyllaDB speaks, and is in a package registry.
cassandra_port=$((base + 2))
cassandra_more_ports=$((base + 8))
# The first user, which it makes by itself.
cassandra_user=cassandra

cassandra_fetch() {
    need_java 11 17 Cassandra
    fetch_once cassandra-5.0.9 jars cassandra.pom.xml
}

cassandra_start() {
    need_java 11 17 Cassandra
    local data=$run/cassandra/data yaml=$run/cassandra/cassandra.yaml storage=$cassandra_more_ports opens=() place
    cat >"$yaml" <<END
cluster_name: mediamesh
authenticator: PasswordAuthenticator
num_tokens: 16
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
commitlog_sync: periodic
commitlog_sync_period: 10000ms
commitlog_directory: $data/commitlog
data_file_directories: [$data/data]
saved_caches_directory: $data/caches
hints_directory: $data/hints
cdc_raw_directory: $data/cdc
endpoint_snitch: SimpleSnitch
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
native_transport_port: $cassandra_port
storage_port: $storage
auto_snapshot: false
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:$storage"
END
    for place in java.base/jdk.internal.misc java.base/jdk.internal.ref java.base/sun.nio.ch \
        java.management.rmi/com.sun.jmx.remote.internal.rmi java.rmi/sun.rmi.registry java.rmi/sun.rmi.server \
        java.sql/java.sql java.base/java.lang.ref jdk.unsupported/sun.misc; do
        opens+=(--add-exports "$place=ALL-UNNAMED")
    done
    for place in java.base/java.lang java.base/java.lang.module java.base/java.lang.reflect \
        java.base/jdk.internal.loader java.base/jdk.internal.ref java.base/jdk.internal.reflect \
        java.base/jdk.internal.math java.base/jdk.internal.module java.base/jdk.internal.util.jar \
        jdk.management/com.sun.management.internal java.base/sun.nio.ch java.base/java.io java.base/java.nio \
        java.base/java.util java.base/java.util.concurrent java.base/java.util.concurrent.atomic; do
        opens+=(--add-opens "$place=ALL-UNNAMED")
    done
    launch cassandra "$java/bin/java" -Xmx768m -Djdk.attach.allowAttachSelf=true "${opens[@]}" \
        "-Dcassandra.config=file://$yaml" "-Dcassandra.storagedir=$data" -Dcassandra-foreground=yes \
        -Dcassandra.ring_delay_ms=1 -Dcassandra.skip_wait_for_gossip_to_settle=0 \
        -Dcassandra.superuser_setup_delay_ms=0 -Dcassandra.auth_bcrypt_gensalt_log2_rounds=4 \
        -cp "$files/cassandra-5.0.9/lib/*" org.apache.cassandra.service.CassandraDaemon
}

# Its first user may come in (protocol version 4): STARTUP is answered by AUTHENTICATE, and AUTH_RESPONSE by AUTH_SUCCESS.
# In a shell of its own, which ends where nobody listens.
cassandra_ready() (
    exec {socket}<>"/dev/tcp/127.0.0.1/$cassandra_port"
    printf '\004\0\0\0\001\0\0\0\026\0\001\0\013CQL_VERSION\0\0053.0.0' >&"$socket"
    timeout 5 head -c 58 <&"$socket" >/dev/null
    printf '\004\0\0\0\017\0\0\0\030\0\0\0\024\0%s\0%s' "$cassandra_user" "$cassandra_user" >&"$socket"
    [[ $(timeout 5 head -c 5 <&"$socket" | od -An -v -tx1 | tr -d ' \n') == 84??000010 ]]
)

cassandra_env() {
    echo "MEDIAMESH_TEST_CQL=127.0.0.1:$cassandra_port"
    echo "MEDIAMESH_TEST_CQL_USER=$cassandra_user"
    echo "MEDIAMESH_TEST_CQL_PASSWORD=$cassandra_user"
}
