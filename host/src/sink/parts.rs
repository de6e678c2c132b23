//! The bytes of a message that is sent, part after part: what was made for it, and columns as they stand in memory.

use std::collections::VecDeque;

use arrow_buffer::Buffer;
use bytes::{Buf, Bytes};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

/// A Protobuf message, or some of its fields. It is read once, from its first byte to its last.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// None of them is empty.
    parts: VecDeque<Part>,
    bytes: usize,
}

#[derive(Debug)]
enum Part {
    Made(Bytes),
    Column(Buffer),
}

impl Parts {
    /// A message whose fields are all there.
    pub(super) fn of(message: &impl Message) -> Self {
        message.encode_to_vec().into()
    }

    /// These fields behind the others.
    pub(super) fn then(mut self, fields: Self) -> Self {
        self.bytes += fields.bytes;
        self.parts.extend(fields.parts);
        self
    }

    /// The same as the field `number` of another message.
    pub(super) fn within(self, number: u32) -> Self {
        let mut head = Vec::new();
        encode_key(number, WireType::LengthDelimited, &mut head);
        encode_varint(self.bytes as u64, &mut head);
        Self::from(head).then(self)
    }

    /// Adds bytes of a column, which stay where they are.
    pub(super) fn push(&mut self, column: Buffer) {
        if !column.is_empty() {
            self.bytes += column.len();
            self.parts.push_back(Part::Column(column));
        }
    }

    /// Number of bytes that are left.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl From<Vec<u8>> for Parts {
    fn from(bytes: Vec<u8>) -> Self {
        let part = (!bytes.is_empty()).then(|| Part::Made(bytes.into()));
        Self { bytes: part.as_ref().map_or(0, |part| part.bytes().len()), parts: part.into_iter().collect() }
    }
}

impl Part {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Made(bytes) => bytes,
            Self::Column(column) => column,
        }
    }

    fn advance(&mut self, bytes: usize) {
        match self {
            Self::Made(made) => made.advance(bytes),
            Self::Column(column) => column.advance(bytes),
        }
    }
}

impl Buf for Parts {
    fn remaining(&self) -> usize {
        self.bytes
    }

    fn chunk(&self) -> &[u8] {
        self.parts.front().map_or(&[], Part::bytes)
    }

    fn advance(&mut self, mut bytes: usize) {
        self.bytes -= bytes;
        while bytes > 0 {
            let first = self.parts.front_mut().expect("there is a part where bytes are left");
            let length = first.bytes().len();
            if bytes < length {
                first.advance(bytes);
                return;
            }
            bytes -= length;
            self.parts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_behind_each_other_in_pieces_of_any_size() {
        let bytes: Vec<u8> = (0..=255).collect();
        for size in [1, 2, 7, 100, 255, 256] {
            let mut parts = Parts::from(bytes[..10].to_vec()).then(Parts::from(Vec::new()));
            parts.push(Buffer::from_slice_ref(&bytes[..20]).slice(10));
            parts.push(Buffer::from_slice_ref([0_u8; 0]));
            let mut parts = parts.then(bytes[20..].to_vec().into());
            let mut read = Vec::new();
            while parts.has_remaining() {
                assert_eq!(parts.bytes(), 256 - read.len());
                read.extend(parts.copy_to_bytes(size.min(parts.remaining())));
            }
            assert_eq!((read == bytes, parts.chunk()), (true, &[][..]), "{size}");
        }
    }

    #[test]
    fn fields_within_a_field_are_as_the_generated_types_write_them() {
        let inner = milvus::proto::schema::FloatArray { data: vec![1.0, 2.0] };
        let mut parts = Parts::of(&inner).within(3);
        let written = parts.copy_to_bytes(parts.remaining());
        let scalars = milvus::proto::schema::scalar_field::Data::FloatData(inner.clone());
        let outer = milvus::proto::schema::ScalarField { data: Some(scalars), ..Default::default() };
        let number = written[0] >> 3;
        assert_eq!((number, written[0] & 7, usize::from(written[1])), (3, 2, inner.encoded_len()));
        assert_eq!(written[2..], outer.encode_to_vec()[2..]);
    }
}
