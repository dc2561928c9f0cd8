# shellcheck shell=bash disable=SC2034,SC2154 # read and set by services.sh and lib.sh
# An object store that speaks S3: s3proxy over a folder.
s3_port=$((base + 5))
s3_key=local
s3_secret=local-and-of-no-worth
# A bucket is there from the start, as in compose.yaml.
s3_bucket=mediamesh

s3_fetch() {
    need_java 17 99 s3proxy
    fetch_once s3proxy-4.1.0 artifact org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies
}

s3_start() {
    need_java 17 99 s3proxy
    mkdir -p "$run/s3/data/$s3_bucket"
    cat >"$run/s3/s3.conf" <<END
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=$s3_key
s3proxy.credential=$s3_secret
s3proxy.endpoint=http://127.0.0.1:$s3_port
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$run/s3/data
END
    launch s3 "$java/bin/java" -Xmx192m -jar "$files"/s3proxy-4.1.0/*.jar --properties "$run/s3/s3.conf"
}

# It answers a stranger with a refusal, which is an answer.
s3_ready() { curl --silent --output /dev/null --max-time 2 "http://127.0.0.1:$s3_port/"; }

s3_env() {
    echo "MEDIAMESH_TEST_S3=http://127.0.0.1:$s3_port"
    echo "MEDIAMESH_TEST_S3_KEY=$s3_key"
    echo "MEDIAMESH_TEST_S3_SECRET=$s3_secret"
    echo "MEDIAMESH_TEST_S3_BUCKET=$s3_bucket"
}
