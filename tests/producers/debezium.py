"""debezium.py FORMAT BROKERS REGISTRY TOPIC: writes changes of a table in the envelopes that Debezium's documentation of
PostgreSQL has, as Avro by Confluent's serializer (`avro`), or as Kafka Connect's JSON with its schemas (`json`).
"""

import base64
import decimal
import json
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

form, brokers, registry, topic = sys.argv[1:]
DECIMAL = "org.apache.kafka.connect.data.Decimal"
UNKNOWN = "__debezium_unavailable_value"


def optional(kind):
    return {"type": ["null", kind], "default": None}


def record(name, space, fields, **more):
    return {"type": "record", "name": name, "namespace": space, "fields": fields, **more}


def avro():
    """What serializes keys and values."""
    price = {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2, "connect.name": DECIMAL}
    enum = {"type": "string", "connect.name": "io.debezium.data.Enum", "connect.version": 1}
    space = "pg.public.items"
    value = record("Value", space, [
        {"name": "id", "type": "long"},
        {"name": "title", **optional("string")},
        {"name": "price", **optional({**price, "connect.parameters": {"scale": "2"}, "connect.version": 1})},
        {"name": "v", **optional({"type": "array", "items": ["null", "double"]})},
    ])
    source = record("Source", "io.debezium.connector.postgresql", [
        *({"name": name, "type": "string"} for name in ("version", "connector", "name", "db", "schema", "table")),
        {"name": "ts_ms", "type": "long"},
        {"name": "snapshot", "type": ["null", enum], "default": None},
        *({"name": name, **optional("long")} for name in ("txId", "lsn", "xmin")),
    ])
    block = record("block", "event", [{"name": "id", "type": "string"}, {"name": "total_order", "type": "long"}])
    message = record("Message", space, [{"name": "prefix", **optional("string")}, {"name": "content", **optional("bytes")}])
    envelope = record("Envelope", space, [
        {"name": "before", **optional(value)},
        {"name": "after", **optional("Value")},
        {"name": "source", "type": source},
        {"name": "transaction", **optional(block)},
        {"name": "op", "type": "string"},
        *({"name": name, **optional("long")} for name in ("ts_ms", "ts_us", "ts_ns")),
        {"name": "message", **optional(message)},
    ], **{"connect.version": 2, "connect.name": f"{space}.Envelope"})
    client = SchemaRegistryClient({"url": registry})
    key = AvroSerializer(client, json.dumps(record("Key", space, [{"name": "id", "type": "long"}])))
    envelope = AvroSerializer(client, json.dumps(envelope))
    return (
        lambda value: key(value, SerializationContext(topic, MessageField.KEY)),
        lambda value: envelope(value, SerializationContext(topic, MessageField.VALUE)),
    )


def connect():
    """The same in JSON."""

    def field(name, kind, /, **more):
        return {"field": name, "type": kind, "optional": True, **more}

    price = {"name": DECIMAL, "version": 1, "parameters": {"scale": "2", "connect.decimal.precision": "10"}}
    vector = {"items": {"type": "double", "optional": True}}
    row = [field("id", "int64"), field("title", "string"), field("price", "bytes", **price), field("v", "array", **vector)]
    images = [field(name, "struct", fields=row, name="pg.public.items.Value") for name in ("before", "after")]
    envelope = {"type": "struct", "fields": [*images, field("op", "string")], "name": "pg.public.items.Envelope"}
    key = {"type": "struct", "fields": [field("id", "int64")], "name": "pg.public.items.Key"}

    def plain(value):
        if isinstance(value, decimal.Decimal):
            unscaled = int(value.scaleb(2))
            return base64.b64encode(unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)).decode()
        return base64.b64encode(value).decode()

    def of(schema):
        return lambda value: json.dumps({"schema": schema, "payload": value}, default=plain)

    return of(key), of(envelope)


def item(number, title, price="12.50"):
    return {"id": number, "title": title, "price": decimal.Decimal(price), "v": [float(number), 0.5]}


def gone(number):
    """What PostgreSQL tells of a deleted row, unless its REPLICA IDENTITY is FULL."""
    return {"id": number, "title": None, "price": None, "v": None}


source = {"version": "3.0.0.Final", "connector": "postgresql", "name": "pg", "db": "postgres", "schema": "public"}
source |= {"table": "items", "ts_ms": 1559033904863, "snapshot": "false", "txId": 555, "lsn": 24023128, "xmin": None}
CHANGES = [
    (1, "r", None, item(1, "one")),
    (2, "c", None, item(2, "two", "-0.01")),
    (1, "u", None, item(1, "first", "99999999.99")),
    (2, "d", gone(2), None),
    (2, None, None, None),
    (4, "c", None, item(4, "four")),
    # An update of the key, from 4 to 5.
    (4, "d", gone(4), None),
    (4, None, None, None),
    (5, "c", None, item(5, None)),
    (5, "m", None, None),
    (5, "t", None, None),
    (5, "u", None, item(5, UNKNOWN)),
    (6, "c", None, item(6, "six")),
    # A row of which the tombstone only is left, as after a compaction.
    (6, None, None, None),
]
of_key, of_value = {"avro": avro, "json": connect}[form]()
producer = Producer({"bootstrap.servers": brokers})
for key, op, before, after in CHANGES:
    value = {"before": before, "after": after, "source": source, "op": op, "ts_ms": 1559033904863}
    if op == "m":
        value["message"] = {"prefix": "foo", "content": b"bar"}
    producer.produce(topic, key=of_key({"id": key}), value=of_value(value) if op else None, partition=0)
if producer.flush(30) > 0:
    sys.exit("not all records were taken")
