//! What the records' keys are.

use serde_json::Value;

use crate::batch::{Reading, Records};
use crate::config::{Format, Key, KeyFormat};
use crate::sample::Sample;

/// The field that keys go to which are a single value and no field of the records.
const FIELD: &str = "id";

/// `[decode.key]` as the keys are; no format where there are none, or none that can be told by looking.
pub(super) fn guess(sample: &Sample, records: &Records, format: Format) -> Key {
    let of = |format, field: &str| Key { format, field: field.into(), ..Key::default() };
    if !records.is_empty() && records.iter().all(|record| record.key().is_some_and(is_framed)) {
        // Whoever writes values by a registry writes keys so as well.
        let field = if sample.field(FIELD).is_some() { "key" } else { FIELD };
        return match format {
            Format::Avro => of(KeyFormat::Avro, field),
            Format::Protobuf => of(KeyFormat::Protobuf, field),
            Format::JsonSchema => of(KeyFormat::JsonSchema, field),
            _ => Key::default(),
        };
    }
    let keys: Option<Vec<&str>> =
        records.iter().map(|record| record.key().and_then(|key| std::str::from_utf8(key).ok())).collect();
    let Some(keys) = keys.filter(|keys| !keys.is_empty()) else { return Key::default() };
    let is = |kind: fn(&Value) -> bool| {
        keys.iter().all(|key| serde_json::from_str::<Value>(key).is_ok_and(|value| kind(&value)))
    };
    if is(Value::is_object) {
        return of(KeyFormat::Json, FIELD);
    }
    let format = if is(Value::is_string) { KeyFormat::Json } else { KeyFormat::Text };
    if keys.iter().any(|key| key.is_empty() || key.contains(char::is_control)) {
        return Key::default();
    }
    let same = sample.fields.iter().find(|found| is_key(sample, &found.name, format == KeyFormat::Json));
    let field = match same {
        Some(found) => found.name.to_string(),
        None if sample.field(FIELD).is_none() => FIELD.to_owned(),
        // The records have a field of that name which is something else: what the keys are is anyone's guess.
        None => return Key::default(),
    };
    of(format, &field)
}

/// True for what begins as the serializers of a registry begin: with a byte 0 and the number of a schema.
fn is_framed(key: &[u8]) -> bool {
    key.len() > 5 && key[0] == 0
}

/// True where each record has its key as the value of that field.
fn is_key(sample: &Sample, field: &str, is_json: bool) -> bool {
    let batch = &sample.batch;
    let Some(column) = batch.column(field) else { return false };
    batch.rows() > 0
        && (0..batch.rows()).all(|row| {
            // A tombstone has its key alone.
            let record = batch.record(row);
            let Some(key) = record.key().and_then(|key| std::str::from_utf8(key).ok()) else { return false };
            match Reading::Field(column).json_text(row) {
                Some(value) if is_json => *value == *key,
                Some(value) => serde_json::from_str::<String>(&value).map_or(*value == *key, |text| text == key),
                None => record.payload().is_none(),
            }
        })
}
