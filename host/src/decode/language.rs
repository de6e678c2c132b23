//! What the values of a schema are read by.

use std::fmt::Display;
use std::sync::Arc;

use super::AvroSchema;
use super::protobuf::Schema as ProtobufSchema;
use crate::registry::{Kind, Schema};

/// Longest reason why a schema can't be used. It may quote the schema, and goes with each record that names it.
const REASON_BYTES_MAX: usize = 512;

/// A schema of the registry, made ready for its format.
#[derive(Debug, Clone)]
pub(super) enum Language {
    /// Nothing is needed: JSON says by itself what it is.
    Json,
    Avro(Arc<AvroSchema>),
    Protobuf(Arc<ProtobufSchema>),
}

impl Language {
    /// Makes a schema ready, or says what is wrong with it.
    pub(super) fn of(schema: &Schema, expected: Kind) -> Result<Self, String> {
        if schema.kind != expected {
            return Err(format!("is {} where {} is expected", schema.kind.name(), expected.name()));
        }
        match schema.kind {
            Kind::Avro => {
                let references: Vec<_> = schema.references.iter().map(|reference| &*reference.text).collect();
                let parsed = AvroSchema::parse(&schema.text, &references);
                Ok(Self::Avro(Arc::new(parsed.map_err(|error| unusable(&error))?)))
            }
            Kind::Protobuf => {
                let imports: Vec<_> = schema.references.iter().map(|import| (&*import.name, &*import.text)).collect();
                let parsed = ProtobufSchema::parse(&schema.text, &imports);
                Ok(Self::Protobuf(Arc::new(parsed.map_err(|error| unusable(&error))?)))
            }
            Kind::Json | Kind::Other => Ok(Self::Json),
        }
    }
}

fn unusable(error: &impl Display) -> String {
    // What is quoted may have ends of lines, which a reason has not.
    let mut reason = format!("can't be used: {error}").replace(char::is_control, " ");
    if reason.len() > REASON_BYTES_MAX {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        reason.push('…');
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Reference;

    fn avro(text: &str, references: &[&str]) -> Schema {
        let references =
            references.iter().map(|text| Reference { name: String::new(), text: (*text).to_owned() }).collect();
        Schema { kind: Kind::Avro, text: text.to_owned(), references }
    }

    #[test]
    fn an_avro_schema_finds_what_it_refers_to() {
        let place = r#"{"type": "record", "name": "a.Place", "fields": [{"name": "city", "type": "string"}]}"#;
        let item = r#"{"type": "record", "name": "a.Item", "fields": [{"name": "place", "type": "a.Place"}]}"#;
        let read = Language::of(&avro(item, &[place]), Kind::Avro);
        assert!(matches!(read, Ok(Language::Avro(_))), "{read:?}");
        let alone = Language::of(&avro(item, &[]), Kind::Avro).expect_err("it has no place");
        assert!(alone.starts_with("can't be used: not an Avro schema: "), "{alone}");
    }

    #[test]
    fn a_reason_quotes_no_more_of_a_schema_than_fits_into_a_header() {
        let long = "é".repeat(100_000);
        let protobuf = Schema { kind: Kind::Protobuf, ..avro(&format!("syntax = \"\\n{long}\";"), &[]) };
        for schema in [avro(&format!("\"{long}\""), &[]), protobuf] {
            let refused = Language::of(&schema, schema.kind).expect_err("it is none");
            assert!(refused.len() <= REASON_BYTES_MAX + '…'.len_utf8() && refused.ends_with('…'), "{}", refused.len());
            assert!(!refused.contains('\n'), "{refused}");
        }
    }

    #[test]
    fn a_schema_of_another_language_is_refused_by_both_names() {
        let refused = Language::of(&avro(r#""int""#, &[]), Kind::Json).expect_err("it is Avro");
        assert_eq!(refused, "is Avro where JSON Schema is expected");
    }
}
