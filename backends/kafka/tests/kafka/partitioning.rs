//! Keys go where Java's default partitioner sends them.

use super::support::{Deployment, IN};
use mediamesh_ports::event_log::partition_of;
use mediamesh_schemas::topics::PARTITIONS;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::{ClientContext, Message};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

#[derive(Default)]
struct Landed(Mutex<BTreeMap<Vec<u8>, i32>>);

impl ClientContext for Landed {}

impl ProducerContext for Landed {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &rdkafka::producer::DeliveryResult<'_>, (): ()) {
        let message = result.as_ref().expect("delivered");
        let key = message.key().expect("a key").to_vec();
        self.0
            .lock()
            .expect("a lock")
            .insert(key, message.partition());
    }
}

#[test]
fn the_client_sends_a_key_where_partition_of_says() {
    let deployment = Deployment::new();
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &deployment.settings.brokers)
        .set("partitioner", "murmur2_random");
    let producer: BaseProducer<Landed> = config
        .create_with_context(Landed::default())
        .expect("a producer");
    let topic = format!("{}{IN}", deployment.settings.prefix);
    // The vectors of Java's own tests, and what our keys look like.
    let mut keys: Vec<String> = ["21", "foobar", "a-little-bit-long-string", "abc", "é"]
        .map(str::to_owned)
        .to_vec();
    keys.extend((0..50).map(|n| format!("018f6d2a-7c00-7000-8000-{n:012x}")));
    for key in &keys {
        let record = BaseRecord::to(&topic).key(key).payload("v");
        producer
            .send(record)
            .map_err(|(error, _)| error)
            .expect("sent");
    }
    producer.flush(Duration::from_secs(10)).expect("flushed");
    let landed = producer.context().0.lock().expect("a lock");
    assert_eq!(landed.len(), keys.len());
    for key in &keys {
        let expected = partition_of(key.as_bytes(), PARTITIONS).0;
        assert_eq!(landed[key.as_bytes()], expected, "{key}");
    }
}
