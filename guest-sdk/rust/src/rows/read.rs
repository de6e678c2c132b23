//! Columns that are read when the first row asks for them, and stay where they are.

use std::cell::{OnceCell, RefCell};

use crate::{Batch, Bytes, Texts, Vectors};

/// What is read of a field, or of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Texts,
    Json,
    Ints,
    Floats,
    Bools,
    Bytes,
    Dims,
    Vectors,
    Payloads,
    Keys,
    Headers,
}

#[derive(Debug)]
pub(super) enum Values {
    Texts(Texts),
    Ints(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Bools(Vec<Option<bool>>),
    Bytes(Bytes),
    Dims(Vec<Option<usize>>),
    Vectors(Vectors),
}

/// The columns that were read: a list that only grows, so that what a row borrows stays where it is.
#[derive(Debug, Default)]
pub(super) struct Reads(OnceCell<Box<Read>>);

#[derive(Debug)]
struct Read {
    kind: Kind,
    field: String,
    values: Values,
    next: Reads,
}

impl Reads {
    pub(super) fn get(&self, kind: Kind, field: &str, batch: &RefCell<&mut Batch>) -> &Values {
        let mut list = self;
        loop {
            let read = list.0.get_or_init(|| {
                let values = read(kind, field, &batch.borrow());
                Box::new(Read { kind, field: field.to_owned(), values, next: Self::default() })
            });
            if read.kind == kind && read.field == field {
                return &read.values;
            }
            list = &read.next;
        }
    }
}

fn read(kind: Kind, field: &str, batch: &Batch) -> Values {
    match kind {
        Kind::Texts => Values::Texts(batch.texts(field)),
        Kind::Json => Values::Texts(batch.json_texts(field)),
        Kind::Ints => Values::Ints(batch.ints(field)),
        Kind::Floats => Values::Floats(batch.floats(field)),
        Kind::Bools => Values::Bools(batch.bools(field)),
        Kind::Bytes => Values::Bytes(batch.bytes(field)),
        Kind::Dims => Values::Dims(batch.dims(field)),
        Kind::Vectors => Values::Vectors(batch.vectors(field)),
        Kind::Payloads => Values::Bytes(batch.payloads()),
        Kind::Keys => Values::Bytes(batch.keys()),
        Kind::Headers => Values::Bytes(batch.headers(field)),
    }
}
