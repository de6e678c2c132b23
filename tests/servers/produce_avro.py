"""produce_avro.py BROKERS TOPIC FOLDER: writes Avro records and a tombstone, and their schemas into the folder."""

import datetime
import decimal
import io
import json
import pathlib
import sys

from confluent_kafka import Producer
from fastavro import parse_schema, schemaless_writer

KEY = {"type": "record", "name": "Key", "fields": [{"name": "id", "type": "long"}]}
VALUE = {
    "type": "record",
    "name": "Package",
    "namespace": "shop",
    "fields": [
        {"name": "title", "type": ["null", "string"]},
        {"name": "floats", "type": {"type": "array", "items": "float"}},
        {"name": "doubles", "type": {"type": "array", "items": "double"}},
        {"name": "packed", "type": "bytes"},
        {"name": "size", "type": {"type": "enum", "name": "Size", "symbols": ["small", "large"]}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "counts", "type": {"type": "array", "items": "int"}},
        {"name": "meta", "type": {"type": "map", "values": ["null", "int", "string"]}},
        {"name": "score", "type": ["null", "double"]},
    ],
}


def encode(schema, value):
    buffer = io.BytesIO()
    schemaless_writer(buffer, schema, value)
    return buffer.getvalue()


def package(number):
    return {
        "title": f"née {number}",
        "floats": [number, 0.5, -1.0],
        "doubles": [0.1, number, 1e-3],
        "packed": b"\x00\x00\x00\x3f\x00\x00\x80\x3f\x00\x00\x00\xbf",
        "size": "large",
        "price": decimal.Decimal(number) - decimal.Decimal("0.25"),
        "day": datetime.date(2026, 1, 31),
        "at": datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc),
        "tags": ["a", "b"],
        "counts": [number, -number],
        "meta": {"n": number, "t": "x", "none": None},
        "score": 0.5,
    }


def main(brokers, topic, folder):
    for name, schema in (("key", KEY), ("value", VALUE)):
        pathlib.Path(folder, f"{name}.avsc").write_text(json.dumps(schema))
    key, value = parse_schema(KEY), parse_schema(VALUE)
    producer = Producer({"bootstrap.servers": brokers})
    for number in (1, 2, 3):
        producer.produce(topic, key=encode(key, {"id": number}), value=encode(value, package(number)))
    producer.produce(topic, key=encode(key, {"id": 2}), value=None)
    producer.produce(topic, key=encode(key, {"id": 4}), value=encode(value, package(4))[:-3])
    if producer.flush(30) > 0:
        sys.exit("not all records were taken")


main(*sys.argv[1:])
