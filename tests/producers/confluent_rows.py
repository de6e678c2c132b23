"""confluent_rows.py FORMAT BROKERS REGISTRY FOLDER: writes records by the serializers of Confluent's Python client.

The records are those of FOLDER/rows.json, lists of objects by topic. Each has a schema of what its values are.
"""

import json
import pathlib
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from protobuf_rows import File

sys.path.append(str(pathlib.Path(__file__).parent.with_name("servers")))
from produce_avro_rows import Types  # noqa: E402

form, brokers, registry, folder = sys.argv[1:]
client = SchemaRegistryClient({"url": registry})
JSON = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def avro(rows, serializers):
    """Each row with the serializer of its schema."""
    for row in rows:
        schema, row = Types().record(row)
        yield serializers(json.dumps(schema), lambda text: AvroSerializer(client, text)), row


def json_schema(rows, serializers):
    for row in rows:
        types = {name: {"type": JSON.get(type(value), "null")} for name, value in row.items()}
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Row", "type": "object"}
        text = json.dumps({**schema, "properties": types, "additionalProperties": False})
        yield serializers(text, lambda text: JSONSerializer(text, client)), row


def protobuf(rows, serializers):
    file = File(topic)
    for row in rows:
        file.add(row)
    for message in file.messages():
        yield serializers(type(message), lambda kind: ProtobufSerializer(kind, client)), message


def once(made):
    """What makes something once of each of its arguments."""
    return lambda of, make: made[of] if of in made else made.setdefault(of, make(of))


producer = Producer({"bootstrap.servers": brokers})
each = {"avro": avro, "json-schema": json_schema, "protobuf": protobuf}[form]
for topic, rows in json.loads(pathlib.Path(folder, "rows.json").read_bytes()).items():
    for serializer, row in each(rows, once({})):
        value = serializer(row, SerializationContext(topic, MessageField.VALUE))
        producer.produce(topic, key=b"", value=value)
if producer.flush(30) > 0:
    sys.exit("not all records were taken")
