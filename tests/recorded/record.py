#!/usr/bin/env python3
"""Records the requests that pymilvus sends for the rows of tests/recorded/pymilvus-2.6, and puts them into the same files.

    python3 -m venv VENV && VENV/bin/pip install pymilvus==2.6.17 ml_dtypes
    VENV/bin/python tests/recorded/record.py

A file has the collection's `fields` and the `records` as JSON, as Kiteline gets them. This adds `schema`, the collection's
schema as pymilvus sends it, and `request`, what it sends for the rows, both as base64 of the Protobuf message. The server
that records answers what pymilvus asks for on the way, and keeps nothing.
"""

import base64
import concurrent.futures
import json
import pathlib

import grpc
import ml_dtypes
import numpy
from pymilvus import DataType, Function, FunctionType, MilvusClient
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc, schema_pb2

FOLDER = pathlib.Path(__file__).parent / "pymilvus-2.6"


class Recorder(milvus_pb2_grpc.MilvusServiceServicer):
    """A Milvus that keeps schemas and the last request."""

    def __init__(self):
        self.schemas = {}
        self.request = None

    def Connect(self, request, context):
        info = common_pb2.ServerInfo(build_tags="v2.6.17")
        return milvus_pb2.ConnectResponse(status=common_pb2.Status(), server_info=info, identifier=1)

    def HasCollection(self, request, context):
        return milvus_pb2.BoolResponse(status=common_pb2.Status(), value=request.collection_name in self.schemas)

    def CreateCollection(self, request, context):
        self.schemas[request.collection_name] = request.schema
        return common_pb2.Status()

    def DescribeCollection(self, request, context):
        schema = schema_pb2.CollectionSchema()
        schema.ParseFromString(self.schemas[request.collection_name])
        return milvus_pb2.DescribeCollectionResponse(
            status=common_pb2.Status(), schema=schema, collection_name=request.collection_name
        )

    def Insert(self, request, context):
        self.request = request
        ids = schema_pb2.IDs(int_id=schema_pb2.LongArray(data=range(request.num_rows)))
        return milvus_pb2.MutationResult(status=common_pb2.Status(), IDs=ids, insert_cnt=request.num_rows)

    def Upsert(self, request, context):
        self.request = request
        ids = schema_pb2.IDs(int_id=schema_pb2.LongArray(data=range(request.num_rows)))
        return milvus_pb2.MutationResult(status=common_pb2.Status(), IDs=ids, upsert_cnt=request.num_rows)


def value(field, given):
    """A value of a record as pymilvus wants it."""
    if given is None:
        return None
    of = {
        "Float16Vector": lambda: numpy.array(given, dtype=numpy.float16),
        "BFloat16Vector": lambda: numpy.array(given, dtype=ml_dtypes.bfloat16),
        "Int8Vector": lambda: numpy.array(given, dtype=numpy.int8),
        "BinaryVector": lambda: bytes(given),
        "SparseFloatVector": lambda: {int(index): number for index, number in given.items()},
        # A text would be taken for JSON.
        "JSON": lambda: json.dumps(given) if isinstance(given, str) else given,
    }
    if field.get("element") == "Struct":
        members = {member["name"]: member for member in field["members"]}
        return [{name: value(members[name], one) for name, one in element.items()} for element in given]
    return of.get(field["type"], lambda: given)()


TYPES = {
    "Bool": DataType.BOOL,
    "Int8": DataType.INT8,
    "Int16": DataType.INT16,
    "Int32": DataType.INT32,
    "Int64": DataType.INT64,
    "Float": DataType.FLOAT,
    "Double": DataType.DOUBLE,
    "VarChar": DataType.VARCHAR,
    "JSON": DataType.JSON,
    "Timestamptz": DataType.TIMESTAMPTZ,
    "Geometry": DataType.GEOMETRY,
    "Array": DataType.ARRAY,
    "Struct": DataType.STRUCT,
    "FloatVector": DataType.FLOAT_VECTOR,
    "Float16Vector": DataType.FLOAT16_VECTOR,
    "BFloat16Vector": DataType.BFLOAT16_VECTOR,
    "Int8Vector": DataType.INT8_VECTOR,
    "BinaryVector": DataType.BINARY_VECTOR,
    "SparseFloatVector": DataType.SPARSE_FLOAT_VECTOR,
}
MARKS = ["max_length", "dim", "max_capacity", "nullable", "is_primary", "is_partition_key", "is_clustering_key", "auto_id"]


def schema_of(client, case):
    schema = client.create_schema(enable_dynamic_field=case.get("dynamic", False))
    for field in case["fields"]:
        marks = {mark: field[mark] for mark in MARKS if mark in field}
        if "default" in field:
            marks["default_value"] = field["default"]
        if "element" in field:
            marks["element_type"] = TYPES[field["element"]]
        if field.get("element") == "Struct":
            struct = client.create_struct_field_schema()
            for member in field["members"]:
                of = {mark: member[mark] for mark in MARKS if mark in member}
                struct.add_field(member["name"], TYPES[member["type"]], **of)
            marks["struct_schema"] = struct
        schema.add_field(field["name"], TYPES[field["type"]], **marks)
    for function in case.get("functions", []):
        names = [function["from"]], [function["to"]]
        schema.add_function(Function(function["to"], FunctionType.BM25, *names))
    return schema


def main():
    recorder = Recorder()
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(recorder, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    client = MilvusClient(f"http://127.0.0.1:{port}")
    for path in sorted(FOLDER.glob("*.json")):
        case = json.loads(path.read_text())
        name = path.stem.replace("-", "_")
        client.create_collection(name, schema=schema_of(client, case))
        fields = {field["name"]: field for field in case["fields"]}
        rows = [{key: value(fields[key], one) if key in fields else one for key, one in r.items()} for r in case["records"]]
        write = client.insert if any(field.get("auto_id") for field in case["fields"]) else client.upsert
        write(name, rows)
        case["schema"] = base64.b64encode(recorder.schemas[name]).decode()
        case["request"] = base64.b64encode(recorder.request.SerializeToString(deterministic=True)).decode()
        path.write_text(json.dumps(case, ensure_ascii=False, indent=1) + "\n")
        print(path.name, len(recorder.request.fields_data), "fields")
    client.close()
    server.stop(None)


if __name__ == "__main__":
    main()
