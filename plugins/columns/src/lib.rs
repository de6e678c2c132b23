//! What the shipped plugins share: rows of values of any type, which come from JSON or a binary format and are written
//! as columns.

mod column;
mod nested;
pub mod object;
pub mod read;
pub mod row;
pub mod text;
pub mod time;
pub mod tokens;
mod value;
mod write;

use std::collections::BTreeSet;

pub use column::Columns;
use kiteline_guest::target;
pub use value::{Row, Value};

/// Fields that hold dense vectors of floats in every collection that has them. A start-time answer is enough: an
/// array of numbers becomes a vector at validation as well, only at more cost.
pub fn target_vectors() -> BTreeSet<String> {
    let mut vectors = BTreeSet::new();
    let mut others = BTreeSet::new();
    for collection in target::collections() {
        for field in target::fields(&collection) {
            let ty = target::field_type(&collection, &field);
            match ty.as_deref() {
                Some("FloatVector" | "Float16Vector" | "BFloat16Vector") => vectors.insert(field),
                _ => others.insert(field),
            };
        }
    }
    vectors.retain(|field| !others.contains(field));
    vectors
}
