"""Writes records in formats that need no registry. Called by formats.sh."""

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


def main(form, brokers, topic, folder):
    producer = Producer({"bootstrap.servers": brokers})
    for key, value in {"protobuf": protobuf}[form](folder):
        producer.produce(topic, key=key, value=value, partition=0)
    if producer.flush(30) > 0:
        sys.exit("not all records were taken")


main(*sys.argv[1:])
