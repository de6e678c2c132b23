"""Kafka to Milvus as one writes it by hand: confluent-kafka, orjson, inserts of a thousand rows by pymilvus.

program.py BROKERS TOPIC GROUP URI COLLECTION RECORDS

It prints how many rows are acknowledged, whenever there are more.
"""

import sys
import time

import orjson
from confluent_kafka import Consumer
from pymilvus import MilvusClient

BATCH = 1000
# What nobody sends any more within this many seconds is not coming.
PATIENCE = 60


def row(payload):
    fields = orjson.loads(payload)
    fields["embedding"] = fields.pop("emb")
    return fields


def main(brokers, topic, group, uri, collection, records):
    client = MilvusClient(uri=uri)
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    )
    consumer.subscribe([topic])
    deadline = time.monotonic() + PATIENCE
    rows, done = [], 0
    while done < records:
        messages = consumer.consume(BATCH - len(rows), timeout=0.1)
        for message in messages:
            if message.error():
                sys.exit(str(message.error()))
            rows.append(row(message.value()))
        if len(rows) == BATCH or done + len(rows) == records:
            client.insert(collection, rows)
            consumer.commit(asynchronous=True)
            done += len(rows)
            rows = []
            print(done, flush=True)
            deadline = time.monotonic() + PATIENCE
        elif time.monotonic() > deadline:
            sys.exit(f"{done} records after {PATIENCE} s without one")
    consumer.close()


main(*sys.argv[1:6], int(sys.argv[6]))
