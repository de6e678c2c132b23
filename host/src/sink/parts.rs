//! The bytes of a message that is sent, part after part: what was made for it, and columns as they stand in memory.

use arrow_buffer::Buffer;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

/// A Protobuf message, or some of its fields.
#[derive(Debug, Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    bytes: usize,
}

#[derive(Debug)]
enum Part {
    Made(Vec<u8>),
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
        self.bytes += column.len();
        self.parts.push(Part::Column(column));
    }

    /// Number of bytes of all parts.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The parts in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().map(|part| match part {
            Part::Made(bytes) => &bytes[..],
            Part::Column(column) => column.as_slice(),
        })
    }
}

impl From<Vec<u8>> for Parts {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.len(), parts: vec![Part::Made(bytes)] }
    }
}
