//! The batch of the current call.

mod read;
mod route;
mod write;

use crate::host::batch;
use crate::packed::{Bytes, Texts};
use crate::rows::Rows;

/// The rows that the plugin works on. They stay in the host; a plugin reads and writes whole columns of them.
///
/// Rows are numbered from 0, and every list that is read or written has one entry a row. A row that the plugin
/// rejects or discards keeps its number until the call ends.
///
/// A field is named by its whole name. A name that no field has and that starts with `/` is a JSON Pointer into a
/// field with nested JSON: `/meta/arch` reads `arch` of the field `meta` and moves nothing else of it.
///
/// Each reading method gives the values of its own type, and none for every other row: where the field is absent,
/// null, or of another type. Writing replaces the whole column, so a plugin that reads a field as one type and writes
/// it back drops the values of other types: see [`map_texts`](Self::map_texts) and [`rows`](Self::rows). A list of the wrong length ends the
/// call as a panic does.
#[derive(Debug)]
pub struct Batch(());

impl Batch {
    /// The batch of the current call.
    pub(crate) fn current() -> Self {
        Self(())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        batch::rows() as usize
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, one by one: reads like code for a record, and costs like code for columns. See [`Row`](crate::Row).
    pub fn rows(&mut self) -> Rows<'_> {
        Rows::new(self)
    }

    /// Names of all fields, in the order in which they came.
    pub fn fields(&self) -> Vec<String> {
        batch::fields()
    }

    /// The type of a field: `bool`, `int`, `float32`, `float64`, `text`, `bytes`, `json`, these with `[]` behind for
    /// arrays, or `float-vector` and the like. None where there is no such field. A row may hold a value of another
    /// type all the same.
    pub fn field_type(&self, field: &str) -> Option<String> {
        batch::field_type(field)
    }

    /// The record's value as it came from Kafka; none for a tombstone.
    pub fn payloads(&self) -> Bytes {
        bytes(batch::packed_payloads())
    }

    /// The record's key; none where it has none.
    pub fn keys(&self) -> Bytes {
        bytes(batch::packed_keys())
    }

    /// The value of the last header of that name; none where there is none of that name or its value is null.
    pub fn headers(&self, name: &str) -> Bytes {
        batch::headers(name).into_iter().collect()
    }

    /// The topic of each record.
    pub fn topics(&self) -> Vec<String> {
        batch::topics()
    }

    /// The Kafka partition of each record.
    pub fn kafka_partitions(&self) -> Vec<i32> {
        batch::kafka_partitions()
    }

    /// The offset of each record.
    pub fn offsets(&self) -> Vec<i64> {
        batch::offsets()
    }

    /// The timestamp of each record in milliseconds since 1970; none where the record has none.
    pub fn timestamps(&self) -> Vec<Option<i64>> {
        batch::timestamps()
    }
}

fn bytes(packed: batch::Packed) -> Bytes {
    Bytes::new(packed.data, packed.lengths)
}

fn texts(packed: batch::Packed) -> Texts {
    Texts::new(String::from_utf8(packed.data).expect("the host gives UTF-8"), packed.lengths)
}

/// -1 is none.
fn counts(counts: Vec<i32>) -> Vec<Option<usize>> {
    counts.into_iter().map(|count| usize::try_from(count).ok()).collect()
}
