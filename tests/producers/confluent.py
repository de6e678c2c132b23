"""confluent.py FORMAT BROKERS REGISTRY TOPIC: writes records by the serializers of Confluent's Python client."""

import json
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

form, brokers, registry, topic = sys.argv[1:]
client = SchemaRegistryClient({"url": registry})
producer = Producer({"bootstrap.servers": brokers})


def json_schema(title, fields):
    """A serializer that registers the schema with its first record."""
    properties = {"id": {"type": "string"}, "v": {"type": "array", "items": {"type": "number"}}, **fields}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, "type": "object"}
    return JSONSerializer(json.dumps({**schema, "properties": properties, "additionalProperties": False}), client)


def send(serializer, key_serializer, key, value):
    """Writes one record."""
    value = serializer(value, SerializationContext(topic, MessageField.VALUE))
    key = key_serializer(key, SerializationContext(topic, MessageField.KEY)) if key_serializer else key
    producer.produce(topic, key=key, value=value, partition=0)


def write_json_schema():
    """Records of two schemas, the second from the middle on, and keys of a schema of their own."""
    key = JSONSerializer(json.dumps({"title": "Key", "type": "object", "properties": {"k": {"type": "integer"}}}), client)
    first = json_schema("Item", {"n": {"type": "integer"}})
    second = json_schema("Item", {"n": {"type": "integer"}, "t": {"type": "string"}})
    for n in range(100):
        if n < 50:
            send(first, key, {"k": n}, {"id": f"a{n}", "n": n, "v": [n, 0.5]})
        else:
            send(second, key, {"k": n}, {"id": f"a{n}", "n": n, "t": f"t{n}", "v": [n, 0.5]})
    # An id that no registry gave, no frame at all, and a frame that ends early.
    for wrong in [b"\0\x7f\xff\xff\xff{}", b'{"id": "x"}', b"\0\0"]:
        send(lambda *_: wrong, key, {"k": 0}, None)


def avro(fields, references):
    """A serializer of records with these fields."""
    vector = {"name": "v", "type": {"type": "array", "items": "float"}}
    schema = {"type": "record", "name": "Item", "namespace": "kiteline.test", "fields": [*fields, vector]}
    return AvroSerializer(client, Schema(json.dumps(schema), "AVRO", references))


def write_avro():
    """Records of two schemas in turns, which refer to one that refers to another; at the end three that are wrong."""
    country = {"type": "enum", "name": "kiteline.test.Country", "symbols": ["FR", "DE"]}
    fields = [{"name": "city", "type": "string"}, {"name": "country", "type": "kiteline.test.Country"}]
    place = {"type": "record", "name": "kiteline.test.Place", "fields": fields}
    client.register_schema(f"{topic}-country", Schema(json.dumps(country), "AVRO"))
    refers = [SchemaReference("kiteline.test.Country", f"{topic}-country", 1)]
    client.register_schema(f"{topic}-place", Schema(json.dumps(place), "AVRO", refers))
    refers = [SchemaReference("kiteline.test.Place", f"{topic}-place", 1)]
    name, place = {"name": "id", "type": "string"}, {"name": "place", "type": "kiteline.test.Place"}
    first = avro([name, {"name": "n", "type": "int"}, place], refers)
    text = {"name": "t", "type": ["null", "string"], "default": None}
    second = avro([text, place, {"name": "n", "type": "long", "default": 0}, name], refers)
    key = AvroSerializer(client, Schema('{"type": "long"}', "AVRO"))
    for n in range(100):
        item = {"id": f"a{n}", "n": n, "place": {"city": f"c{n}", "country": "DE"}, "v": [n, 0.5]}
        send(second if n % 3 else first, key, n, {**item, "t": f"t{n}"} if n % 3 else item)
    send(json_schema("Other", {}), key, 0, {"id": "x", "v": [0, 0]})
    send(lambda *given: first(*given)[:-3], key, 0, item)
    send(lambda *_: b"\0\x7f\xff\xff\xff", key, 0, None)


FIELD = descriptor_pb2.FieldDescriptorProto


def message(into, name, *fields):
    """Adds a message with these fields: name, number, type, and of a message or an enum its name."""
    into = into.add(name=name)
    for name, number, kind, *of in fields:
        label = FIELD.LABEL_REPEATED if kind.startswith("repeated ") else FIELD.LABEL_OPTIONAL
        kind = getattr(FIELD, "TYPE_" + kind.removeprefix("repeated ").upper())
        into.field.add(name=name, number=number, type=kind, label=label, type_name=of[0] if of else None)
    return into


def write_protobuf():
    """Messages within another one, whose file imports two more; from the middle on one of another schema."""
    pool = descriptor_pool.Default()
    place = descriptor_pb2.FileDescriptorProto(name=f"{topic}/place.proto", package="place", syntax="proto3")
    message(place.message_type, "Place", ("city", 1, "string"))
    pool.Add(place)
    classes = []
    for title in [[], [("t", 6, "string")]]:
        name = f"v{len(classes)}"
        file = descriptor_pb2.FileDescriptorProto(name=f"{topic}/{name}.proto", package=name, syntax="proto3")
        file.dependency.extend([place.name, timestamp_pb2.DESCRIPTOR.name])
        message(file.message_type, "Key", ("k", 1, "int64"))
        fields = [("id", 1, "string"), ("n", 2, "sint64"), ("v", 3, "repeated float")]
        fields += [("place", 4, "message", ".place.Place"), ("at", 5, "message", ".google.protobuf.Timestamp"), *title]
        message(message(file.message_type, "Outer").nested_type, "Item", *fields)
        pool.Add(file)
        kinds = [pool.FindMessageTypeByName(f"{name}.{kind}") for kind in ("Key", "Outer.Item")]
        classes.append([message_factory.GetMessageClass(kind) for kind in kinds])
    conf = {"use.deprecated.format": False}
    serializers = [[ProtobufSerializer(kind, client, conf) for kind in kinds] for kinds in classes]
    for n in range(100):
        (key, item), (key_serializer, serializer) = classes[n // 50], serializers[n // 50]
        at = timestamp_pb2.Timestamp(seconds=n)
        item = item(id=f"a{n}", n=-n, v=[n, 0.5], place={"city": f"c{n}"}, at=at, **({"t": f"t{n}"} if n >= 50 else {}))
        send(serializer, key_serializer, key(k=n), item)
    send(json_schema("Other", {}), key_serializer, key(k=0), {"id": "x", "v": [0, 0]})
    send(lambda *given: serializer(*given)[:-3], key_serializer, key(k=0), item)


{"avro": write_avro, "json-schema": write_json_schema, "protobuf": write_protobuf}[form]()
producer.flush(30)
