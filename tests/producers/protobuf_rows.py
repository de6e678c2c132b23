"""JSON objects as messages: of each field the type that its value has in Protobuf.

A field of the form {"protobuf": TYPE, "value": VALUE} has that type: a scalar's name, `google.protobuf.` and a message's,
either of them behind `repeated ` or `unpacked `, `map ` and two scalars' names, or a list of an enum's names. The value
is what Protobuf's JSON has for it.
"""

import re

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    json_format,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)

FIELD = descriptor_pb2.FieldDescriptorProto
IMPORTS = [module.DESCRIPTOR.name for module in (duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)]
NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
SCALARS = {bool: "bool", int: "sint64", float: "double", str: "string"}
STRUCT, LIST, VALUE = (f"google.protobuf.{name}" for name in ("Struct", "ListValue", "Value"))


class File:
    """The messages of one topic: each set of fields is one of them, so that the frame says which."""

    def __init__(self, topic):
        self.file = descriptor_pb2.FileDescriptorProto(name=f"{topic}.proto", package=topic, syntax="proto3")
        self.file.dependency.extend(IMPORTS)
        self.names = {}
        self.rows = []

    def add(self, row):
        """A record of the topic."""
        message = descriptor_pb2.DescriptorProto()
        # What is null is a field of any type that is not written; within JSON, a value of its own.
        row = fields(message, f".{self.file.package}.Row{len(self.names)}", row, null="sint64")
        same = re.sub(r"\.Row\d+\b", "", str(message))
        if same not in self.names:
            self.names[same] = message.name = f"Row{len(self.names)}"
            self.file.message_type.append(message)
        self.rows.append((self.names[same], row))

    def messages(self):
        """The records as messages."""
        pool = descriptor_pool.Default()
        pool.Add(self.file)
        for name, row in self.rows:
            kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{self.file.package}.{name}"))
            yield json_format.ParseDict(row, kind())


def fields(message, path, row, null=VALUE):
    """Gives a message the fields of an object, and the object as Protobuf's JSON has it."""
    written = {}
    for number, (name, value) in enumerate(row.items(), 1):
        kind, written[name] = (null, None) if value is None else of(message, path, name, value)
        add(message, path, name, number, kind)
    # What makes a scalar `optional` stands in a oneof of its own.
    for field in message.field:
        if field.proto3_optional:
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field.name}")
    return written


def of(message, path, name, value):
    """The type of a value, and the value as Protobuf's JSON has it. Messages of its own go into the one around it."""
    if isinstance(value, dict) and value.keys() == {"protobuf", "value"}:
        return value["protobuf"], value["value"]
    if isinstance(value, dict) and value and all(map(NAME.fullmatch, value)):
        nested = descriptor_pb2.DescriptorProto(name=f"Of_{name}")
        value = fields(nested, f"{path}.{nested.name}", value)
        message.nested_type.append(nested)
        return f"{path}.{nested.name}", value
    if isinstance(value, dict):
        numbers = value and all(type(number) in (int, float) for number in value.values())
        return ("map string double" if numbers else STRUCT), value
    if not isinstance(value, list):
        return SCALARS[type(value)], value
    kinds = {type(item) for item in value}
    if kinds == {int, float}:
        return "repeated double", value
    if len(kinds) > 1 or not kinds <= SCALARS.keys() | {dict}:
        return LIST, value
    if kinds != {dict}:
        return f"repeated {SCALARS[kinds.pop()] if kinds else 'sint64'}", value
    # The members of the first one are those of all.
    kind, _ = of(message, path, name, value[0])
    return f"repeated {kind}", value


def add(message, path, name, number, kind):
    """Adds a field of that type."""
    field = message.field.add(name=name, number=number, label=FIELD.LABEL_OPTIONAL)
    if isinstance(kind, list):
        enum = message.enum_type.add(name=f"Of_{name}")
        for value, symbol in enumerate(kind):
            enum.value.add(name=symbol, number=value)
        field.type, field.type_name, field.proto3_optional = FIELD.TYPE_ENUM, f"{path}.{enum.name}", True
        return
    word, _, rest = kind.partition(" ")
    if word == "map":
        # Protobuf wants the name of an entry from that of its field.
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        for number, (name, kind) in enumerate(zip(("key", "value"), rest.split()), 1):
            entry.field.add(name=name, number=number, label=FIELD.LABEL_OPTIONAL, type=scalar(kind))
        field.type, field.type_name, field.label = FIELD.TYPE_MESSAGE, f"{path}.{entry.name}", FIELD.LABEL_REPEATED
        return
    if rest:
        field.label = FIELD.LABEL_REPEATED
    if word == "unpacked":
        field.options.packed = False
    kind = rest or word
    if "." in kind:
        field.type, field.type_name = FIELD.TYPE_MESSAGE, f".{kind.removeprefix('.')}"
    else:
        field.type = scalar(kind)
        field.proto3_optional = not rest


def scalar(kind):
    return getattr(FIELD, f"TYPE_{kind.upper()}")
