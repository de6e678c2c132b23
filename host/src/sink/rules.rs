//! What the pipeline file says about rows, beside what their collection says.

use crate::config::{Deletes, PrimaryKey, UnknownFields};

/// What the pipeline file says about rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// What becomes of a field that the collection does not have.
    pub unknown_fields: UnknownFields,
    /// What becomes of a row that is to be deleted.
    pub deletes: Deletes,
    /// Where rows have their primary key from.
    pub primary_key: PrimaryKey,
    /// True where an upsert replaces only the fields that its row has.
    pub partial: bool,
}

/// The default of everything else.
impl From<UnknownFields> for Rules {
    fn from(unknown_fields: UnknownFields) -> Self {
        Self { unknown_fields, ..Self::default() }
    }
}
