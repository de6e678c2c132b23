//! The columns that records are read into, whatever format they are in: what a format brings is a [`NextValue`] and the
//! order in which it meets the fields. Each value is appended to the column of its field as it is met, and a record
//! that turns out to be wrong is cut off again from every column.

mod builder;
mod fields;
mod lists;
mod next;
mod room;
mod values;

pub use fields::{FIELD_NAME_BYTES_MAX, FIELDS_MAX};
pub use room::ROWS_MAX;

pub(super) use fields::{Fields, Mark};
pub(super) use lists::Lists;
pub(super) use next::NextValue;
pub(super) use values::Values;
