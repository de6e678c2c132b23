//! Fields that come from the records' keys.

use std::sync::Arc;

use super::avro::AvroColumns;
use super::columns::Mark;
use super::csv::CsvColumns;
use super::framing::{Framing, Part};
use super::json::{JsonColumns, utf8};
use super::protobuf::ProtobufColumns;
use super::reader::{Columns, Reader};
use super::refusal::Refusal;
use super::{AvroSchema, CsvLayout, Plan, ProtobufType};
use crate::batch::{Column, Record, Type};
use crate::json::{self, Scanner};
use crate::registry::{Registry, Wake};

/// How a key is written.
#[derive(Debug, Clone)]
pub enum KeyFormat {
    /// One JSON value: the members of an object are fields, any other value goes to the one that is named.
    Json,
    /// UTF-8 text for the field that is named. Where that is an integer, so must be the text.
    Text,
    /// One Avro value of that schema, or each of the one that its frame names: the fields of a record are fields, any
    /// other value goes to the one that is named.
    Avro(Option<Arc<AvroSchema>>),
    /// A Protobuf message of that type, or each of the schema that its frame names: its fields are fields.
    Protobuf(Option<Arc<ProtobufType>>),
    /// A row of CSV: its values are fields.
    Csv(Arc<CsvLayout>),
}

/// The columns that keys are read into.
#[derive(Debug)]
pub(super) struct Keys {
    field: Arc<str>,
    reader: Reader,
}

/// Text keys, as JSON.
#[derive(Debug)]
pub(super) struct TextKeys {
    /// True where the field is an integer.
    is_integer: bool,
    pub(super) columns: JsonColumns,
    /// A key as JSON.
    quoted: String,
}

impl Keys {
    /// Columns of the types that the plan settles: a field is what it is, whether the key or the value brings it.
    pub(super) fn new(format: KeyFormat, field: Arc<str>, plan: Plan) -> Self {
        let columns = match format {
            KeyFormat::Json => Columns::Json(JsonColumns::new(plan)),
            KeyFormat::Text => {
                let is_integer = plan.get(&field).is_some_and(|(ty, _)| ty == Type::Int);
                Columns::TextKeys(TextKeys { is_integer, columns: JsonColumns::new(plan), quoted: String::new() })
            }
            KeyFormat::Avro(schema) => Columns::Avro(AvroColumns::new(plan), schema),
            KeyFormat::Csv(layout) => Columns::Csv(CsvColumns::new(layout, plan)),
            KeyFormat::Protobuf(ty) => Columns::Protobuf(ProtobufColumns::new(plan), ty),
        };
        Self { field, reader: Reader::new(columns) }
    }

    /// The same for keys that are framed.
    pub(super) fn framed(self, framing: Framing, registry: Option<Registry>) -> Self {
        Self { reader: self.reader.framed(framing, Part::Key, registry), ..self }
    }

    /// Whether the schema of the record's key is known; if not, it is asked for.
    pub(super) fn is_ready(&mut self, record: Record<'_>, wake: &Wake) -> bool {
        self.reader.is_ready(record, wake)
    }

    /// True where the field ends in a primary key.
    pub(super) fn is_primary(&self, field: &str) -> bool {
        self.reader.is_primary(field)
    }

    pub(super) fn mark(&self) -> Mark {
        self.reader.mark()
    }

    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.reader.roll_back(mark, rows);
    }

    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        self.reader.finish(rows)
    }

    /// Reads the key of a record into the row.
    pub(super) fn read(&mut self, record: Record<'_>, key: &[u8], row: usize) -> Result<(), Refusal> {
        let read = self.reader.read(record, key, Some(&self.field), row);
        read.map(drop).map_err(|refusal| Refusal::Key(Box::new(refusal)))
    }

    /// The key that was read into that row is that of more rows, as its record has several in a payload of so many bytes.
    pub(super) fn repeat(&mut self, rows: usize, row: usize, payload: usize) -> Result<(), Refusal> {
        let repeated = self.reader.repeat(rows, row, payload);
        repeated.map_err(|refusal| Refusal::Key(Box::new(refusal)))
    }
}

impl TextKeys {
    pub(super) fn read(&mut self, key: &[u8], field: &Arc<str>, row: usize) -> Result<(), Refusal> {
        let text = utf8(key)?;
        self.quoted.clear();
        if self.is_integer {
            // Only one text of a number is its key: "7" and "07" are different keys to Kafka.
            let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
            number.ok_or_else(|| Refusal::NotAnInteger { field: Arc::clone(field) })?;
            self.quoted.push_str(text);
        } else {
            json::quote(text, &mut self.quoted);
        }
        self.columns.value(&mut Scanner::new(&self.quoted), field, row)
    }
}
