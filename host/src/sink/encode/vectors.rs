//! Vectors as they stand in a message.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{ArrayRef, BinaryArray, ListArray};
use arrow_buffer::Buffer;
use milvus::proto::schema::SparseFloatArray;
use prost::encoding::{WireType, encode_key, encode_varint};

use super::number;
use crate::sink::parts::Parts;

/// What stands below the rows of a column, in memory as on the wire.
pub(super) struct Items<'a> {
    /// Where each row's items start, and behind them where the last one's end.
    offsets: &'a [i32],
    items: Buffer,
    /// Bytes of an item.
    width: usize,
}

impl Items<'_> {
    pub(super) fn of_rows(&self, rows: Range<usize>) -> Buffer {
        let (start, end) = (self.offsets[rows.start] as usize, self.offsets[rows.end] as usize);
        self.items.slice_with_length(start * self.width, (end - start) * self.width)
    }
}

pub(super) fn float_numbers(lists: &ListArray) -> Items<'_> {
    const { assert!(cfg!(target_endian = "little")) };
    let items = lists.values().as_primitive::<Float32Type>().values().inner().clone();
    Items { offsets: lists.value_offsets(), items, width: size_of::<f32>() }
}

pub(super) fn vector_bytes(vectors: &BinaryArray) -> Items<'_> {
    Items { offsets: vectors.value_offsets(), items: vectors.values().clone(), width: 1 }
}

/// Sparse vectors as they stand in a message: pairs of index and value, in 32 bits each.
#[derive(Default)]
pub(super) struct SparseVectors {
    contents: Vec<u8>,
    /// The greatest index, and one.
    pub(super) dim: i64,
}

impl SparseVectors {
    fn push(&mut self, pairs: &ArrayRef) {
        let pairs = pairs.as_struct();
        let indices = pairs.column(0).as_primitive::<UInt32Type>().values();
        let values = pairs.column(1).as_primitive::<Float32Type>().values();
        encode_key(number::DATA, WireType::LengthDelimited, &mut self.contents);
        encode_varint((indices.len() * 8) as u64, &mut self.contents);
        for (index, value) in indices.iter().zip(values) {
            self.contents.extend(index.to_le_bytes());
            self.contents.extend(value.to_le_bytes());
        }
        self.dim = self.dim.max(indices.last().map_or(0, |last| i64::from(*last) + 1));
    }

    pub(super) fn into_parts(self) -> Parts {
        let dim = SparseFloatArray { contents: Vec::new(), dim: self.dim };
        Parts::from(self.contents).then(Parts::of(&dim))
    }
}

impl Extend<ArrayRef> for SparseVectors {
    fn extend<I: IntoIterator<Item = ArrayRef>>(&mut self, vectors: I) {
        vectors.into_iter().for_each(|pairs| self.push(&pairs));
    }
}
