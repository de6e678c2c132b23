//! Writing columns to a batch.

use kiteline_guest::{Batch, Texts};

use crate::column::{Columns, Values};

impl Columns<'_> {
    /// Writes all fields. An integer or text that a row has already stays where it gets none: it may be from the
    /// record's key, by which a record without a payload is deleted.
    pub fn write(self, batch: &mut Batch) {
        for column in self.finish(batch.len()) {
            write(batch, &column.name, &column.values);
        }
    }
}

fn write(batch: &mut Batch, field: &str, values: &Values<'_>) {
    match values {
        Values::Bools(values) => batch.set_bools(field, values),
        Values::Ints(values) if values.contains(&None) => {
            let old = batch.ints(field);
            let filled: Vec<_> = values.iter().zip(old).map(|(new, old)| new.or(old)).collect();
            batch.set_ints(field, &filled);
        }
        Values::Ints(values) => batch.set_ints(field, values),
        Values::Floats(values) => batch.set_floats(field, values),
        Values::Texts(values) if values.has_absent() => {
            let old = batch.texts(field);
            let filled: Texts = values.iter().zip(old.iter()).map(|(new, old)| new.or(old)).collect();
            batch.set_texts(field, &filled);
        }
        Values::Texts(values) => batch.set_texts(field, values),
        Values::Bytes(values) => batch.set_bytes(field, values),
        Values::Json(values) => batch.set_json_texts(field, values),
        Values::BoolArrays(values) => batch.set_bool_arrays(field, values),
        Values::IntArrays(values) => batch.set_int_arrays(field, values),
        Values::FloatArrays(values) => batch.set_float_arrays(field, values),
        Values::TextArrays(values) => batch.set_text_arrays(field, values),
        Values::Vectors(values) => batch.set_vectors(field, values),
    }
}
