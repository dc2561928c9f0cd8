"""Puts raw entries into ingest.raw as any client may: confluent-kafka, fastavro and the registry's API.

    push.py BROKERS REGISTRY TOPIC SOURCE-ID TITLE...
"""

import hashlib
import json
import struct
import sys
import time
import urllib.request
import uuid
from io import BytesIO

from confluent_kafka import Producer
from fastavro import parse_schema, schemaless_writer

brokers, registry, topic, source, *titles = sys.argv[1:]
with urllib.request.urlopen(f"{registry}/subjects/{topic}-value/versions/latest") as answer:
    latest = json.load(answer)
schema = parse_schema(json.loads(latest["schema"]))
producer = Producer({
    "bootstrap.servers": brokers,
    "enable.idempotence": True,
    # Java's; librdkafka's own puts the same key elsewhere.
    "partitioner": "murmur2_random",
})
run, now = uuid.uuid4(), time.time_ns() // 1000


def element(name, text="", children=()):
    return {"name": name, "attributes": {}, "text": text, "children": list(children)}


def entry(index, body):
    return {
        "source_id": uuid.UUID(source).bytes,
        "source_seq": 0,
        "run_id": run.bytes,
        "fetched_at": now,
        "index": index,
        "format": "rss",
        "feed": {"url": "https://snake.example/feed", "title": "By a snake", "language": "en"},
        "raw_hash": hashlib.sha256(repr(body).encode()).digest(),
        "body": body,
    }


failed = []
records = [entry(-1, ("mediamesh.ingest.feed", {"value": element("channel", children=[
    element("title", "By a snake"), element("language", "en"),
])}))]
for index, title in enumerate(titles):
    item = element("item", children=[
        element("title", title),
        element("guid", title),
        element("pubDate", "Mon, 06 Nov 2023 10:00:00 +0000"),
    ])
    records.append(entry(index, ("mediamesh.ingest.entry", {"value": item})))
for record in records:
    value = BytesIO()
    value.write(struct.pack(">bI", 0, latest["id"]))
    schemaless_writer(value, schema, record)
    producer.produce(
        topic,
        key=source.encode(),
        value=value.getvalue(),
        on_delivery=lambda error, _: failed.append(error) if error else None,
    )
left = producer.flush(20)
assert left == 0 and not failed, f"{left} records were not acknowledged: {failed}"
print(json.dumps({"run": str(run), "records": len(records)}))
