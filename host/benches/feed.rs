//! The records that are measured: 768 numbers as an embedding has them, in 10.3 kB of JSON.

use std::fmt::Write;
use std::sync::Arc;

use kiteline::batch::{Origin, Records, VectorType};
use kiteline::decode::{Decoder, Plan, Settled};
use kiteline::target::{Collection, Field, FieldType};

/// Numbers in a vector.
pub(crate) const DIM: usize = 768;
/// Different vectors: more bytes than the processor's own caches hold.
const VECTORS: u64 = 1000;
/// Different tenants: rows go to as many partitions.
const TENANTS: u64 = 8;

/// Records by their number.
pub(crate) struct Feed {
    vectors: Vec<String>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        Self { vectors: (0..VECTORS).map(|_| vector(&mut random)).collect() }
    }

    /// Records as they come from Kafka.
    pub(crate) fn records(&self, ids: impl Iterator<Item = u64>) -> Arc<Records> {
        let mut records = Records::default();
        for id in ids {
            let origin = Origin { topic: "records".into(), partition: 0, offset: id as i64 };
            records.push(origin, None, None, Some(&self.payload(id)), std::iter::empty());
        }
        Arc::new(records)
    }

    /// The payload of a record.
    pub(crate) fn payload(&self, id: u64) -> Vec<u8> {
        let vector = &self.vectors[(id % VECTORS) as usize];
        let title = format!("a title of about sixty characters, to be stored, {id:010}");
        let tenant = id * 7 % TENANTS;
        format!(r#"{{"id": {id}, "title": "{title}", "tenant": "tenant_{tenant}", "emb": {vector}}}"#).into_bytes()
    }
}

/// A decoder that knows the types, as from the collection.
pub(crate) fn decoder() -> Decoder {
    let mut plan = Plan::default();
    for (field, name) in collection("items", "emb").fields.iter().zip(["id", "title", "tenant", "emb"]) {
        plan.settle(name, field.ty.column_type().expect("a type that is written"), Settled::Target);
    }
    Decoder::json(plan)
}

/// The collection that the records fit, with that name for the vector.
pub(crate) fn collection(name: &str, vector: &str) -> Collection {
    let field = |name: &str, ty| Field {
        name: name.into(),
        ty,
        primary: name == "id",
        auto_id: false,
        partition_key: false,
        nullable: false,
        has_default: false,
        function_output: false,
    };
    let fields = vec![
        field("id", FieldType::Int64),
        field("title", FieldType::VarChar { max_length: 256 }),
        field("tenant", FieldType::VarChar { max_length: 64 }),
        field(vector, FieldType::Vector { ty: VectorType::Float, dim: DIM as u32 }),
    ];
    Collection { name: name.into(), fields, dynamic: false, loaded: true }
}

/// An array with the shortest text of each number, and blanks as Python writes them. The numbers are near to normally distributed, and the vector's length is
/// near to 1.
fn vector(random: &mut Random) -> String {
    let deviation = 1.0 / (DIM as f64).sqrt();
    let mut text = String::from("[");
    for index in 0..DIM {
        let normal = (0..12).map(|_| random.next()).sum::<f64>() - 6.0;
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}{}", (normal * deviation) as f32).expect("writing to a String");
    }
    text + "]"
}

/// Marsaglia's xorshift: the same numbers in each run.
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
