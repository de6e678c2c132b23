"""produce_avro_rows.py BROKERS FOLDER: writes the records of FOLDER/rows.json, lists of objects by topic, as Avro.

The schema, which is written to FOLDER/value.avsc, is a union of all records: of each field the type that its value has
in Avro. A field of the form {"avro": TYPE, "value": VALUE} has that type; bytes are in base64, decimals are texts.
"""

import base64
import decimal
import io
import json
import pathlib
import re
import sys

from confluent_kafka import Producer
from fastavro import parse_schema, schemaless_writer

SCALARS = {type(None): "null", bool: "boolean", float: "double", str: "string"}
NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def label(schema):
    return schema.get("name", schema["type"]) if isinstance(schema, dict) else schema


class Types:
    """The types of values, each record defined where it is met first."""

    def __init__(self):
        self.names = {}

    def of(self, value):
        """The type of a value, and the value as fastavro takes it."""
        if isinstance(value, int) and not isinstance(value, bool):
            return ("int" if -(2**31) <= value < 2**31 else "long"), value
        if isinstance(value, list):
            schema, values = self.of_all(value)
            return {"type": "array", "items": schema}, values
        if isinstance(value, dict) and value.keys() == {"avro", "value"}:
            return value["avro"], given(value["avro"], value["value"])
        if isinstance(value, dict) and value and all(map(NAME.fullmatch, value)):
            return self.record(value)
        if isinstance(value, dict):
            schema, values = self.of_all(value.values())
            return {"type": "map", "values": schema}, dict(zip(value, values))
        return SCALARS[type(value)], value

    def of_all(self, values):
        """One type of several values."""
        if values and all(isinstance(value, list) for value in values):
            schema, flat = self.of_all([item for value in values for item in value])
            items = iter(flat)
            return {"type": "array", "items": schema}, [[next(items) for _ in value] for value in values]
        typed = [self.of(value) for value in values]
        branches = {}
        for schema, _ in typed:
            branches.setdefault(label(schema), schema)
        if len(branches) < 2:
            return next(iter(branches.values()), "null"), [value for _, value in typed]
        records = set(self.names.values())
        return list(branches.values()), [
            (label(schema), value) if label(schema) in records else value for schema, value in typed
        ]

    def record(self, value):
        typed = {name: self.of(field) for name, field in value.items()}
        fields = [{"name": name, "type": schema} for name, (schema, _) in typed.items()]
        written = {name: field for name, (_, field) in typed.items()}
        same = json.dumps(fields)
        if same in self.names:
            return self.names[same], written
        self.names[same] = f"record{len(self.names)}"
        return {"type": "record", "name": self.names[same], "fields": fields}, written


def given(schema, value):
    if isinstance(schema, dict) and schema.get("logicalType") == "decimal":
        return decimal.Decimal(value)
    return base64.b64decode(value) if label(schema) in ("bytes", "Fixed") else value


def main(brokers, folder):
    types = Types()
    records = [
        (topic, *types.record(row))
        for topic, rows in json.loads(pathlib.Path(folder, "rows.json").read_bytes()).items()
        for row in rows
    ]
    union = [schema for _, schema, _ in records if isinstance(schema, dict)]
    pathlib.Path(folder, "value.avsc").write_text(json.dumps(union))
    schema = parse_schema(union)
    producer = Producer({"bootstrap.servers": brokers})
    for topic, record, row in records:
        buffer = io.BytesIO()
        schemaless_writer(buffer, schema, (label(record), row))
        producer.produce(topic, key=b"", value=buffer.getvalue())
    if producer.flush(30) > 0:
        sys.exit("not all records were taken")


if __name__ == "__main__":
    main(*sys.argv[1:])
