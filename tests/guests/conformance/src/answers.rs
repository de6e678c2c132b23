//! What the interface answers, as JSON. Floats are texts, so that none is lost or rounded on the way.

use std::fmt::Debug;

use kiteline_guest::Operation;
use kiteline_guest::host::batch::{self, Packed};
use serde_json::{Value, json};

/// Everything that is asked without naming a field.
pub(crate) fn look(header: &str) -> Value {
    let operation = |operation: &Operation| match operation {
        Operation::Upsert => "upsert",
        Operation::Insert => "insert",
        Operation::Delete => "delete",
    };
    json!({
        "rows": batch::rows(),
        "fields": batch::fields(),
        "payloads": batch::payloads(),
        "packed-payloads": packed(batch::packed_payloads()),
        "keys": batch::keys(),
        "packed-keys": packed(batch::packed_keys()),
        "headers": batch::headers(header),
        "topics": batch::topics(),
        "kafka-partitions": batch::kafka_partitions(),
        "offsets": batch::offsets(),
        "timestamps": batch::timestamps(),
        "operations": batch::operations().iter().map(operation).collect::<Vec<_>>(),
        "collections": batch::collections(),
        "partitions": batch::partitions(),
    })
}

/// Everything that is asked of a field.
pub(crate) fn read(field: &str) -> Value {
    json!({
        "field": field,
        "field-type": batch::field_type(field),
        "texts": batch::texts(field),
        "packed-texts": packed(batch::packed_texts(field)),
        "ints": batch::ints(field),
        "floats": batch::floats(field).into_iter().map(|float| float.map(exact)).collect::<Vec<_>>(),
        "bools": batch::bools(field),
        "bytes": batch::bytes(field),
        "packed-bytes": packed(batch::packed_bytes(field)),
        "json-texts": batch::json_texts(field),
        "lengths": batch::lengths(field),
        "text-elements": batch::text_elements(field),
        "int-elements": batch::int_elements(field),
        "float-elements": all_exact(batch::float_elements(field)),
        "bool-elements": batch::bool_elements(field),
        "dims": batch::dims(field),
        "vectors": all_exact(batch::vectors(field)),
        "vector-bytes": batch::vector_bytes(field),
        "sparse-indices": batch::sparse_indices(field),
        "sparse-values": all_exact(batch::sparse_values(field)),
    })
}

fn packed(packed: Packed) -> Value {
    json!([packed.data, packed.lengths])
}

fn exact(float: impl Debug) -> String {
    format!("{float:?}")
}

fn all_exact(floats: Vec<impl Debug>) -> Vec<String> {
    floats.into_iter().map(exact).collect()
}
