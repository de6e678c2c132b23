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
    vectors: Vec<Vec<f32>>,
    /// The same as JSON.
    texts: Vec<String>,
}

/// A record.
pub(crate) struct Item<'a> {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) tenant: String,
    pub(crate) vector: &'a [f32],
    /// The vector as JSON.
    pub(crate) text: &'a str,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self::of_dimension(DIM)
    }

    /// The same records with vectors of another dimension.
    pub(crate) fn of_dimension(dim: usize) -> Self {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let vectors: Vec<Vec<f32>> = (0..VECTORS).map(|_| vector(dim, &mut random)).collect();
        Self { texts: vectors.iter().map(|vector| text(vector)).collect(), vectors }
    }

    /// A record.
    pub(crate) fn item(&self, id: u64) -> Item<'_> {
        let vector = (id % VECTORS) as usize;
        // Uneven shares, so that the tenants' write requests are not all full at the same moment.
        let random = id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let tenant = (random % TENANTS).min(random / TENANTS % TENANTS);
        Item {
            id,
            title: format!("a title of about sixty characters, to be stored, {id:010}"),
            tenant: format!("tenant_{tenant}"),
            vector: &self.vectors[vector],
            text: &self.texts[vector],
        }
    }

    /// The payload of a record, as JSON.
    pub(crate) fn payload(&self, id: u64) -> Vec<u8> {
        self.item(id).json()
    }
}

impl Item<'_> {
    /// As JSON.
    pub(crate) fn json(&self) -> Vec<u8> {
        let Self { id, title, tenant, text, .. } = self;
        format!(r#"{{"id": {id}, "title": "{title}", "tenant": "{tenant}", "emb": {text}}}"#).into_bytes()
    }
}

/// Records as they come from Kafka, with these keys and payloads.
pub(crate) fn records_of(
    ids: impl IntoIterator<Item = u64>,
    of: impl Fn(u64) -> (Option<Vec<u8>>, Option<Vec<u8>>),
) -> Arc<Records> {
    let mut records = Records::default();
    for id in ids {
        let (key, payload) = of(id);
        let origin = Origin { topic: "records".into(), partition: 0, offset: id as i64 };
        records.push(origin, None, key.as_deref(), payload.as_deref(), std::iter::empty());
    }
    Arc::new(records)
}

/// A decoder that knows the types, as from the collection.
pub(crate) fn decoder() -> Decoder {
    Decoder::json(plan())
}

/// The types, as from the collection.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::default();
    for (field, name) in collection("items", "emb").fields.iter().zip(["id", "title", "tenant", "emb"]) {
        plan.settle(name, field.ty.column_type().expect("a type that is written"), Settled::Target);
    }
    plan
}

/// The collection that the records fit, with that name for the vector.
pub(crate) fn collection(name: &str, vector: &str) -> Collection {
    collection_of_dimension(name, vector, DIM)
}

/// The same for vectors of another dimension.
pub(crate) fn collection_of_dimension(name: &str, vector: &str, dim: usize) -> Collection {
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
        field(vector, FieldType::Vector { ty: VectorType::Float, dim: dim as u32 }),
    ];
    Collection { name: name.into(), fields, dynamic: false, loaded: true }
}

/// Numbers that are near to normally distributed, of a vector whose length is near to 1.
fn vector(dim: usize, random: &mut Random) -> Vec<f32> {
    let deviation = 1.0 / (dim as f64).sqrt();
    let mut normal = || (0..12).map(|_| random.next()).sum::<f64>() - 6.0;
    (0..dim).map(|_| (normal() * deviation) as f32).collect()
}

/// An array with the shortest text of each number, and blanks as Python writes them.
fn text(vector: &[f32]) -> String {
    let mut text = String::from("[");
    for (index, number) in vector.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}{number}").expect("writing to a String");
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
