//! Protobuf, seen from outside: schema and payloads in, rows and reasons out.

mod file;
mod hostile;
mod random;
mod types;

use std::sync::Arc;

use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage};
use serde_json::{Map, Value};

use super::{ProtobufColumns, Schema};
use crate::batch::{Batch, Operation, Origin, Records, Type};
use crate::decode::{Plan, Settled};

/// A schema by both readers.
struct Both {
    schema: Schema,
    pool: DescriptorPool,
}

impl Both {
    /// Messages of proto3, with Protobuf's own types at hand.
    fn of(messages: &str) -> Self {
        let imports = ["timestamp", "duration", "wrappers", "struct"];
        let imports = imports.map(|name| format!("import \"google/protobuf/{name}.proto\";")).concat();
        let text = format!("syntax = \"proto3\"; package a; {imports} {messages}");
        let schema = Schema::parse(&text, &[]).expect(&text);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.proto"), &text).expect("written");
        let set = protox::compile(["a.proto"], [folder.path()]).expect("it compiles");
        Self { schema, pool: DescriptorPool::from_file_descriptor_set(set).expect("a pool") }
    }

    /// The bytes of a message, by prost-reflect.
    fn encode(&self, name: &str, json: &str) -> Vec<u8> {
        let descriptor = self.pool.get_message_by_name(name).expect("there is such a message");
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let message =
            DynamicMessage::deserialize_with_options(descriptor, &mut deserializer, &DeserializeOptions::new());
        message.expect(json).encode_to_vec()
    }
}

/// A row of each payload, or why there is none. They are of the last message of the schema.
fn decode(schema: &Schema, plan: Plan, payloads: &[&[u8]]) -> Vec<Result<Value, String>> {
    let message = *schema.roots.last().expect("there is a message");
    let mut columns = ProtobufColumns::new(plan);
    let (mut records, mut read) = (Records::default(), Vec::new());
    for payload in payloads {
        let (mark, row) = (columns.mark(), records.len());
        match columns.object(schema, message, payload, 0, row) {
            Ok(()) => {
                let origin = Origin { topic: "items".into(), partition: 0, offset: row as i64 };
                records.push(origin, None, None, Some(payload), std::iter::empty());
                read.push(Ok(row));
            }
            Err(refusal) => {
                columns.roll_back(mark, row);
                read.push(Err(refusal.of(0).reason));
            }
        }
    }
    let mut batch = Batch::new(Arc::new(records), Operation::Upsert);
    for (name, column) in columns.finish(batch.rows()) {
        batch.set(name, column);
    }
    read.into_iter().map(|read| read.map(|index| row(&batch, index))).collect()
}

/// The fields of a row that are not null, as JSON.
fn row(batch: &Batch, row: usize) -> Value {
    let fields = batch.fields().filter_map(|(name, _)| {
        let text = batch.read(name).json_text(row)?;
        Some((name.to_string(), serde_json::from_str(&text).expect("it is JSON")))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn plan(fields: &[(&str, Type)]) -> Plan {
    let mut plan = Plan::default();
    for (name, ty) in fields {
        plan.settle(*name, *ty, Settled::Declared);
    }
    plan
}
