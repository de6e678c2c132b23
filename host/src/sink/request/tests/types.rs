//! What is counted of the types that are not in `wide_schema`.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::batch::VectorType;
use crate::sink::testing::vector;

fn every_type() -> Arc<Schema> {
    let members = vec![field("page", FieldType::Int8), field("text", varchar(300)), field("emb", float_vector(2))];
    schema([
        key("id"),
        field("text", FieldType::Text),
        Field { nullable: true, ..field("moment", FieldType::Timestamptz) },
        field("shape", FieldType::Geometry),
        field("halves", vector(VectorType::Float16, 4)),
        field("brains", vector(VectorType::BFloat16, 4)),
        field("bytes", vector(VectorType::Int8, 4)),
        field("bits", vector(VectorType::Binary, 32)),
        field("sparse", vector(VectorType::SparseFloat, 0)),
        field("chunks", array(FieldType::Struct(members), 8)),
    ])
}

#[derive(Debug)]
struct Row {
    text: String,
    moment: bool,
    bytes: [i8; 4],
    sparse: BTreeMap<u32, f32>,
    chunks: Vec<(i8, String)>,
}

fn any_row() -> impl Strategy<Value = Row> {
    let sparse = prop::collection::btree_map(0..u32::MAX, -1e9f32..1e9, 0..60);
    let chunks = prop::collection::vec((any::<i8>(), "[a-zü]{0,150}"), 0..8);
    ("[a-zü]{0,300}", any::<bool>(), any::<[i8; 4]>(), sparse, chunks)
        .prop_map(|(text, moment, bytes, sparse, chunks)| Row { text, moment, bytes, sparse, chunks })
}

/// The rows as texts, which every type takes that is not of structs.
fn rows_of(rows: &[Row]) -> Batch {
    let texts = |text: fn(&Row) -> Option<String>| Column::texts(rows.iter().map(text).collect());
    let numbers = |row: &Row| Some(json!(row.bytes).to_string());
    let chunks: StringArray = rows
        .iter()
        .map(|row| {
            let chunks = row.chunks.iter().map(|(page, text)| json!({"page": page, "text": text, "emb": [page, 0.5]}));
            Some(chunks.collect::<serde_json::Value>().to_string())
        })
        .collect();
    batch([
        ("id", Column::ints((0..).take(rows.len()).map(Some).collect())),
        ("text", texts(|row| Some(row.text.clone()))),
        ("moment", texts(|row| row.moment.then(|| "2026-01-31T08:00:00.000001+01:00".into()))),
        ("shape", texts(|row| Some(format!("POINT ({} 0)", row.bytes[0])))),
        ("halves", texts(numbers)),
        ("brains", texts(numbers)),
        ("bytes", texts(numbers)),
        ("bits", texts(|row| Some(json!(row.bytes.map(i8::cast_unsigned)).to_string()))),
        ("sparse", texts(|row| Some(json!(row.sparse).to_string()))),
        ("chunks", Column::json(chunks)),
    ])
}

proptest! {
    /// The bytes that a request counts are never fewer than it has, nor many more.
    #[test]
    fn a_request_of_any_type_is_never_larger_than_it_counts(rows in prop::collection::vec(any_row(), 1..40)) {
        let schema = every_type();
        let mut request = open(&schema);
        fill(&mut request, 0, &prepared(&rows_of(&rows), &schema));
        let sent = encode::upsert(&request).bytes();
        prop_assert!(sent <= request.bytes(), "{sent} > {}", request.bytes());
        let slack = size::request(&schema) + 64 * rows.len();
        prop_assert!(request.bytes() <= sent + slack, "{} > {sent} + {slack}", request.bytes());
    }
}
