//! Records as rows of CSV. All have the columns of all records, those that are not theirs without a value.

use serde_json::Value;

use super::formats::{Format, Records, write_texts};

/// What the dynamic field has, no column of a collection says the type of.
pub(super) const FORMAT: Format = Format {
    name: "CSV",
    decode: |records| {
        let columns: Vec<String> = columns(records).into_iter().map(|column| format!("\"{column}\"")).collect();
        let columns = columns.join(", ");
        format!(
            "[decode]\nformat = \"csv\"\ncsv = {{ columns = [{columns}] }}\n\n[decode.fields]\nn = \"int\"\nmore = \"json\"\n"
        )
    },
    forms: |_| Vec::new(),
    write: |records, _| {
        let columns = columns(records);
        write_texts(records, |record| {
            let values: Vec<String> = columns.iter().map(|column| value(&record[column])).collect();
            values.join(",")
        });
    },
};

/// The names of all fields, in the order in which records bring them.
fn columns(records: &Records) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    for name in records.values().flatten().filter_map(Value::as_object).flat_map(|record| record.keys()) {
        if !columns.contains(&&**name) {
            columns.push(name);
        }
    }
    columns
}

/// Texts are in quotes, as an empty one is none without them.
fn value(value: &Value) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    match value {
        Value::Null => String::new(),
        Value::String(text) => quoted(text),
        Value::Array(_) | Value::Object(_) => quoted(&value.to_string()),
        other => other.to_string(),
    }
}
