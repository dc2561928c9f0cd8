//! The event log on Kafka, by rdkafka, with the state of processors in a local store and a changelog topic.
