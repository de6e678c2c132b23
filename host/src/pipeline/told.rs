//! What is known of the values' fields without a record: by their schema, or by the file itself.

use tokio::runtime::Handle;

use super::schemas::Schema;
use super::{Pipeline, StartError};
use crate::config::Format;
use crate::decode::{SchemaField, schema_fields};

impl Pipeline {
    /// What the schemas of the values say of their fields, each with the name of the schema: of a file, of the columns of
    /// CSV, or in the registry of each topic that is named, as serializers name them by default.
    pub(crate) fn told_fields(&self, runtime: &Handle) -> Result<Vec<(String, Vec<SchemaField>)>, StartError> {
        let decode = &self.file.decode;
        match &self.schemas.values {
            Schema::Avro(schema) => {
                let name = decode.schema_file.as_deref().map(|path| path.display().to_string());
                return Ok(vec![(name.unwrap_or_default(), schema.fields())]);
            }
            Schema::Protobuf(message) => {
                let name = decode.protobuf.as_ref().map(|protobuf| protobuf.message.clone());
                return Ok(vec![(name.unwrap_or_default(), message.fields())]);
            }
            Schema::None => {}
        }
        let text = |name: &String| SchemaField { name: name.clone(), kind: "a text".to_owned() };
        match decode.format {
            Format::Csv => {
                let columns = decode.csv.iter().flat_map(|csv| &csv.columns);
                return Ok(vec![("of `csv.columns`".to_owned(), columns.map(text).collect())]);
            }
            Format::Text => return Ok(vec![("of `field`".to_owned(), decode.field.iter().map(text).collect())]),
            _ => {}
        }
        let Some(registry) = &self.registry else { return Ok(Vec::new()) };
        let mut told = Vec::new();
        for topic in self.file.kafka.topics.iter().filter(|topic| !topic.starts_with('^')) {
            let subject = format!("{topic}-value");
            let Some(schema) = runtime.block_on(registry.latest(&subject))? else { continue };
            match schema_fields(&schema) {
                Ok(fields) => told.push((subject, fields)),
                Err(why) => tracing::warn!(subject, "the latest schema {why}"),
            }
        }
        Ok(told)
    }
}
