//! Keys or values: their frames off, and what is in them into columns.

use std::sync::Arc;

use super::AvroSchema;
use super::avro::AvroColumns;
use super::columns::Mark;
use super::csv::CsvColumns;
use super::frame::{Frame, Opened};
use super::framing::{Framing, Part};
use super::json::JsonColumns;
use super::key::TextKeys;
use super::language::Language;
use super::protobuf::{MessageType, ProtobufColumns};
use super::refusal::Refusal;
use super::text::TextColumns;
use crate::batch::{Column, Record};
use crate::registry::{Kind, Registry, Wake};

/// Reads keys or values of one format.
#[derive(Debug)]
pub(super) struct Reader {
    /// What stands in front of each.
    frame: Option<Frame>,
    columns: Columns,
}

/// The columns of a format.
#[derive(Debug)]
pub(super) enum Columns {
    Json(JsonColumns),
    TextKeys(TextKeys),
    Text(TextColumns),
    Csv(CsvColumns),
    /// With the schema of all, where not each brings the id of its own.
    Avro(AvroColumns, Option<Arc<AvroSchema>>),
    /// With the message that all are, where not each brings the id of its schema.
    Protobuf(ProtobufColumns, Option<Arc<MessageType>>),
}

/// The same to be done with the columns of any format.
macro_rules! each {
    ($columns:expr, $each:ident => $body:expr) => {
        match $columns {
            Columns::Json($each) | Columns::TextKeys(TextKeys { columns: $each, .. }) => $body,
            Columns::Text($each) => $body,
            Columns::Csv($each) => $body,
            Columns::Avro($each, _) => $body,
            Columns::Protobuf($each, _) => $body,
        }
    };
}

impl Reader {
    pub(super) fn new(columns: Columns) -> Self {
        Self { frame: None, columns }
    }

    /// The same where they are framed. With a registry their schemas must be known there.
    pub(super) fn framed(self, framing: Framing, part: Part, registry: Option<Registry>) -> Self {
        let expected = match &self.columns {
            Columns::Json(_) | Columns::TextKeys(_) | Columns::Text(_) | Columns::Csv(_) => Kind::Json,
            Columns::Avro(..) => Kind::Avro,
            Columns::Protobuf(..) => Kind::Protobuf,
        };
        Self { frame: Some(Frame::new(framing, part, expected, registry)), ..self }
    }

    /// Whether the schema of the record is known; if not, it is asked for.
    pub(super) fn is_ready(&mut self, record: Record<'_>, wake: &Wake) -> bool {
        self.frame.as_mut().is_none_or(|frame| frame.is_ready(record, wake))
    }

    /// Reads these bytes of the record into the row. Where they are no object, the value goes to that field; without
    /// one they must be an object, or several for the rows from that one on. Gives how many rows they are.
    pub(super) fn read(
        &mut self,
        record: Record<'_>,
        bytes: &[u8],
        field: Option<&Arc<str>>,
        row: usize,
    ) -> Result<usize, Refusal> {
        let opened = match &mut self.frame {
            None => Opened::unframed(bytes),
            Some(frame) => frame.open(record, bytes)?,
        };
        self.columns.read(&opened, field, row)
    }

    /// What was read into that row is for more rows as well, of the record whose payload has so many bytes.
    pub(super) fn repeat(&mut self, rows: usize, row: usize, payload: usize) -> Result<(), Refusal> {
        each!(&mut self.columns, columns => {
            let bytes = columns.fields.bytes_of(row);
            columns.fields.several_rows(payload);
            columns.fields.more_rows(rows, bytes, 0)
        })
    }

    /// True where the field ends in a primary key.
    pub(super) fn is_primary(&self, field: &str) -> bool {
        each!(&self.columns, columns => columns.fields.is_primary(field))
    }

    pub(super) fn mark(&self) -> Mark {
        each!(&self.columns, columns => columns.mark())
    }

    pub(super) fn roll_back(&mut self, mark: Mark, rows: usize) {
        each!(&mut self.columns, columns => columns.roll_back(mark, rows));
    }

    pub(super) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        self.frame.iter_mut().for_each(Frame::finish);
        each!(&mut self.columns, columns => columns.finish(rows))
    }
}

impl Columns {
    fn read(&mut self, opened: &Opened<'_, '_>, field: Option<&Arc<str>>, row: usize) -> Result<usize, Refusal> {
        let (payload, in_header) = (&*opened.payload, opened.in_header);
        match (self, field) {
            (Self::Json(columns), None) => return columns.objects(payload, row),
            (Self::Json(columns), Some(field)) => columns.object_or_value(payload, field, row),
            (Self::Text(columns), _) => columns.read(payload, row),
            (Self::Csv(columns), _) => columns.read(payload, row),
            (Self::TextKeys(keys), field) => keys.read(payload, field.expect("text is a format of keys"), row),
            (Self::Protobuf(columns, given), _) => match (opened.schema, given) {
                (Some(Language::Protobuf(schema)), _) => columns.indexed(schema, in_header, payload, row),
                (_, Some(given)) => columns.named(given, opened.framing, in_header, payload, row),
                _ => Err(Refusal::NoSchema),
            },
            (Self::Avro(columns, given), field) => {
                let schema = match opened.schema {
                    Some(Language::Avro(schema)) => schema,
                    _ => given.as_ref().ok_or(Refusal::NoSchema)?,
                };
                match field {
                    None => columns.object(schema, payload, row),
                    Some(field) => columns.object_or_value(schema, payload, field, row),
                }
            }
        }?;
        Ok(1)
    }
}
