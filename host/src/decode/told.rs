//! What a schema says of its records' fields, in words: what `check` shows.

use serde_json::Value;

use super::AvroSchema;
use super::language::Language;
use crate::registry::Schema;

/// Most fields that are told of a schema.
const FIELDS_MAX: usize = 1000;

/// A field of a schema's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaField {
    /// Its name.
    pub name: String,
    /// What its values are, as `an integer or null`.
    pub kind: String,
}

impl SchemaField {
    pub(super) fn new(name: &str, kind: impl Into<String>) -> Self {
        Self { name: name.to_owned(), kind: kind.into() }
    }
}

/// The fields of the records that a schema of the registry is for. Of several messages it is the first.
///
/// # Errors
/// Where the schema can't be used: why.
pub fn schema_fields(schema: &Schema) -> Result<Vec<SchemaField>, String> {
    let mut fields = match Language::of(schema, schema.kind)? {
        Language::Avro(avro) => AvroSchema::fields(&avro),
        Language::Protobuf(protobuf) => protobuf.fields(),
        Language::Json => of_json(&schema.text),
    };
    fields.truncate(FIELDS_MAX);
    Ok(fields)
}

/// The properties of a JSON Schema, as far as they stand there themselves.
fn of_json(text: &str) -> Vec<SchemaField> {
    let Ok(schema) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let properties = schema.get("properties").and_then(Value::as_object);
    let field = |(name, schema): (&String, &Value)| {
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let kinds: Vec<&str> = types.iter().map(|name| kind(name)).collect();
        SchemaField::new(name, if kinds.is_empty() { "any value".to_owned() } else { kinds.join(" or ") })
    };
    properties.into_iter().flatten().map(field).collect()
}

fn kind(name: &str) -> &str {
    match name {
        "string" => "a text",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "a boolean",
        "array" => "an array",
        "object" => "an object",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Kind;

    fn told(kind: Kind, text: &str) -> Vec<String> {
        let schema = Schema { kind, text: text.to_owned(), references: Vec::new() };
        let fields = schema_fields(&schema).expect("it can be used");
        fields.iter().map(|field| format!("{}: {}", field.name, field.kind)).collect()
    }

    #[test]
    fn each_language_tells_its_fields() {
        let avro = r#"{"type": "record", "name": "R", "fields": [
            {"name": "id", "type": "long"}, {"name": "t", "type": ["null", "string"]},
            {"name": "v", "type": {"type": "array", "items": "float"}},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"#;
        let right = ["id: an integer", "t: null or a text", "v: an array of a float", "at: a timestamp"];
        assert_eq!(told(Kind::Avro, avro), right);
        assert_eq!(told(Kind::Avro, "\"int\""), [""; 0]);

        let protobuf = "syntax = \"proto3\"; message R { int64 id = 1; optional string t = 2; repeated float v = 3;
            map<string, bool> m = 4; R r = 5; bytes b = 6; E e = 7; } enum E { A = 0; } message Other { int32 x = 1; }";
        let right = [
            "id: an integer",
            "t: a text",
            "v: several of a float",
            "m: a map",
            "r: a message",
            "b: bytes",
            "e: a symbol",
        ];
        assert_eq!(told(Kind::Protobuf, protobuf), right);

        let json = r#"{"type": "object", "properties": {"id": {"type": "integer"}, "t": {"type": ["string", "null"]},
            "o": {"$ref": "other"}}}"#;
        assert_eq!(told(Kind::Json, json), ["id: an integer", "t: a text or null", "o: any value"]);
    }
}
