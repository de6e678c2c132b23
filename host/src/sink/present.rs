//! Which fields a row brings, where only these are to be replaced.

use arrow_array::{Array, ArrayRef};

use super::prepared::Prepared;

/// What of a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Present {
    /// All of it: a field without a value gets null or its default.
    Row,
    /// The fields that it has a value for, as bits in the order of the schema; the highest is the dynamic field's. The
    /// others stay as they are. All rows of a request must have the same fields.
    Fields(u128),
}

/// Most fields of a collection whose rows may be written in part. Milvus itself has 64 where nobody raised that.
pub const PARTIAL_FIELDS_MAX: usize = DYNAMIC as usize;

const DYNAMIC: u32 = 127;

impl Present {
    /// The fields for which a row has a value.
    pub(super) fn of(prepared: &Prepared, row: usize) -> Self {
        let has = |column: &Option<ArrayRef>| column.as_ref().is_some_and(|column| column.is_valid(row));
        let bits = prepared.columns.iter().enumerate().filter(|(_, column)| has(column));
        let fields = bits.fold(0, |bits, (field, _)| bits | bit(field));
        let dynamic = prepared.dynamic.as_ref().is_some_and(|objects| objects.is_valid(row));
        Self::Fields(fields | if dynamic { 1 << DYNAMIC } else { 0 })
    }

    /// True where the field at that place among the writable ones is sent.
    pub(super) fn has(self, field: usize) -> bool {
        match self {
            Self::Row => true,
            Self::Fields(bits) => bits & bit(field) != 0,
        }
    }

    /// True where the dynamic field is sent.
    pub(super) fn has_dynamic(self) -> bool {
        self.has(PARTIAL_FIELDS_MAX)
    }

    /// True where nothing is left of what was written of a row before once this much of it is.
    pub(super) fn covers(self, old: Self) -> bool {
        match (self, old) {
            (Self::Row, _) => true,
            (Self::Fields(_), Self::Row) => false,
            (Self::Fields(new), Self::Fields(old)) => old & !new == 0,
        }
    }
}

fn bit(field: usize) -> u128 {
    1 << field
}
