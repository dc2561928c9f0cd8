"""Reads a topic as any client may: confluent-kafka, fastavro and the registry's API, and nothing of ours.

    read.py BROKERS REGISTRY TOPIC

Prints a JSON object a line for each record that there is now, in committed transactions alone.
"""

import json
import struct
import sys
import urllib.request
from io import BytesIO

from confluent_kafka import Consumer, TopicPartition
from fastavro import parse_schema, schemaless_reader

brokers, registry, topic = sys.argv[1:]
schemas = {}


def schema_of(number):
    if number not in schemas:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{number}") as answer:
            schemas[number] = parse_schema(json.loads(json.load(answer)["schema"]))
    return schemas[number]


def decoded(value):
    if value is None:
        return None, None
    magic, number = struct.unpack(">bI", value[:5])
    assert magic == 0, f"not Confluent's wire format: {value[:5]!r}"
    return number, schemaless_reader(BytesIO(value[5:]), schema_of(number))


consumer = Consumer({
    "bootstrap.servers": brokers,
    "group.id": f"{topic}.reader",
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
})
partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
left = set(partitions)
while left:
    message = consumer.poll(20)
    assert message is not None, f"nothing came of {topic}"
    if message.error():
        assert message.error().name() == "_PARTITION_EOF", message.error()
        left.discard(message.partition())
        continue
    number, record = decoded(message.value())
    print(json.dumps({
        "partition": message.partition(),
        "partitions": len(partitions),
        "key": message.key().decode("utf-8", "replace"),
        "schema": number,
        "record": record,
    }, default=str))
consumer.close()
