"""Writes records in formats that need no registry. Called by formats.sh."""

import json
import pathlib
import sys

from confluent_kafka import Producer

PLACE = 'syntax = "proto3"; package common; message Place { string city = 1; }'
ITEM = """syntax = "proto3";
package shop;

import "common/place.proto";
import "google/protobuf/timestamp.proto";

message Key { string id = 1; }
message Item {
  sint64 n = 1;
  repeated double v = 2;
  optional string t = 3;
  common.Place place = 4;
  google.protobuf.Timestamp at = 5;
}
"""


def protobuf(folder):
    """The schema as text and as a set, and messages of it."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from grpc_tools import protoc

    schemas = pathlib.Path(folder, "schemas")
    for name, text in (("common/place.proto", PLACE), ("item.proto", ITEM)):
        path = schemas / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    own = pathlib.Path(protoc.__file__).parent / "_proto"
    output = schemas / "items.pb"
    if protoc.main(["", f"-I{schemas}", f"-I{own}", "--include_imports", f"--descriptor_set_out={output}", "item.proto"]):
        sys.exit("protoc failed")
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file:
        pool.Add(file)
    key, item = (message_factory.GetMessageClass(pool.FindMessageTypeByName(f"shop.{name}")) for name in ("Key", "Item"))

    def record(number):
        value = item(n=-number, v=[number, 0.5], place={"city": f"c{number}"}, t=f"t{number}" if number % 2 else None)
        value.at.FromSeconds(number)
        return key(id=f"a{number}").SerializeToString(), value.SerializeToString()

    yield from (record(number) for number in range(20))
    yield key(id="a3").SerializeToString(), None
    yield key(id="a99").SerializeToString(), record(99)[1][:-3]


def packed(compression):
    """JSON packed in every form, one after the other, each by a key of its own; and bytes that are cut off."""
    import gzip
    import struct

    import cramjam

    def java(raw):
        block = bytes(cramjam.snappy.compress_raw(raw))
        return b"\x82SNAPPY\0" + struct.pack(">iii", 1, 1, len(block)) + block

    forms = {
        "gzip": [gzip.compress],
        "zstd": [lambda raw: bytes(cramjam.zstd.compress(raw)), lambda raw: bytes(cramjam.zstd.compress(raw, level=19))],
        "lz4": [lambda raw: bytes(cramjam.lz4.compress(raw))],
        "snappy": [
            lambda raw: bytes(cramjam.snappy.compress_raw(raw)),
            lambda raw: bytes(cramjam.snappy.compress(raw)),
            java,
        ],
    }[compression]
    for number in range(20):
        value = json.dumps({"n": number, "v": [number, 0.5], "t": "x" * 1000}).encode()
        yield gzip.compress(b"a%d" % number), forms[number % len(forms)](value)
    yield gzip.compress(b"a3"), None
    yield gzip.compress(b"a99"), forms[0](value)[:-3]
    yield gzip.compress(b"a98"), value
    # Snappy packs too little for a record to become as much.
    if compression != "snappy":
        yield gzip.compress(b"a97"), forms[0](bytes(65 << 20))


def csv(form):
    """Rows by Python's writer: with commas, or with tabs and all values in quotes; and lines that are none."""
    import csv
    import io

    def row(*values):
        out = io.StringIO()
        quoting = {"delimiter": "\t", "quoting": csv.QUOTE_ALL} if form == "tabs" else {}
        csv.writer(out, **quoting).writerow(values)
        return out.getvalue().encode()

    for number in range(20):
        title = None if number % 2 and form != "tabs" else f'say "{number}",\tthen\nmore'
        vector = json.dumps([number, 0.5])
        value = row(-number, f"{number}.5", number % 3 == 0, title, vector, json.dumps({"a": [number]}))
        yield b"a%d" % number, value
    yield b"a3", None
    yield b"a99", value[:-3]
    yield b"a98", value + value
    yield b"a97", value.replace(b".5", b",5", 1) if form == "tabs" else row("1.0", 1, True, "t", "[1, 2]", "{}")
    yield b"a96", row(1, 1, True, "t", "[1, NaN]", "{}")


def text(form):
    """Lines as they are, and bytes that are no UTF-8."""
    for number in range(10):
        yield b"a%d" % number, f'line {number}: é "x"\n'.encode()
    yield b"a99", "é".encode("latin-1")


def main(form, brokers, topic, what):
    producer = Producer({"bootstrap.servers": brokers})
    for key, value in {"protobuf": protobuf, "packed": packed, "csv": csv, "text": text}[form](what):
        producer.produce(topic, key=key, value=value, partition=0)
    if producer.flush(30) > 0:
        sys.exit("not all records were taken")


main(*sys.argv[1:])
