//! Keys and values that their producer packed as a whole, unpacked before anything else is asked of them.

mod gzip;
mod lz4;
mod room;
mod snappy;
#[cfg(test)]
mod tests;
mod zstd;

use self::room::Room;
use self::zstd::Zstd;
use super::refusal::Refusal;
use crate::batch::Records;

/// Largest key or value when it is unpacked, as of AWS Glue: a bomb of a few kilobytes must not take the memory of the
/// others.
const RECORD: usize = 64 << 20;
/// What may be unpacked for the records of a batch together, also of those that turn out to be wrong: it bounds memory
/// and time alike, and is hundreds of times a usual batch.
const BATCH: usize = 256 << 20;

/// By what a key or value is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952, also of several members.
    Gzip,
    /// RFC 8878, also of several frames.
    Zstd,
    /// One frame of LZ4.
    Lz4,
    /// A block of Snappy, its framing format, or what `SnappyOutputStream` of Java writes.
    Snappy,
}

/// What is wrong with packed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error("it ends within what is packed")]
    Short,
    #[error("it is something else, or damaged")]
    Wrong,
    #[error("it is too large")]
    Large,
}

/// Unpacks the keys and values of a decoder, where they are packed.
#[derive(Debug, Default)]
pub(super) struct Unpackers {
    pub(super) values: Option<Unpacker>,
    pub(super) keys: Option<Unpacker>,
}

/// Unpacks bytes, one record's after the other's.
#[derive(Debug)]
pub(super) struct Unpacker {
    compression: Compression,
    room: Room,
    zstd: Zstd,
}

impl Unpackers {
    /// Unpacks all records. Those that are not packed as they should be say so from then on.
    pub(super) fn unpack(&mut self, records: &mut Records) {
        if self.values.is_none() && self.keys.is_none() {
            return;
        }
        let mut left = BATCH;
        for index in 0..records.len() {
            if let Err(refusal) = self.record(records, index, &mut left) {
                records.refuse(index, refusal.to_string().into());
            }
        }
    }

    fn record(&mut self, records: &mut Records, index: usize, left: &mut usize) -> Result<(), Refusal> {
        if let (Some(keys), Some(key)) = (&mut self.keys, records.get(index).key()) {
            let unpacked = keys.unpack(key, left).map_err(|refusal| Refusal::Key(Box::new(refusal)))?;
            records.set_key(index, unpacked);
        }
        if let (Some(values), Some(payload)) = (&mut self.values, records.get(index).payload()) {
            let unpacked = values.unpack(payload, left)?;
            records.set_payload(index, unpacked);
        }
        Ok(())
    }
}

impl Unpacker {
    pub(super) fn new(compression: Compression) -> Self {
        Self { compression, room: Room::default(), zstd: Zstd::default() }
    }

    /// Unpacks bytes, of what is left of the batch's limit.
    fn unpack(&mut self, packed: &[u8], left: &mut usize) -> Result<&[u8], Refusal> {
        let most = RECORD.min(*left);
        self.room.clear(most);
        let read = match self.compression {
            // None of them packs anything as nothing.
            _ if packed.is_empty() => Err(Flaw::Short),
            Compression::Gzip => gzip::unpack(packed, &mut self.room),
            Compression::Zstd => self.zstd.unpack(packed, &mut self.room),
            Compression::Lz4 => lz4::unpack(packed, &mut self.room),
            Compression::Snappy => snappy::unpack(packed, &mut self.room),
        };
        *left -= self.room.filled().len().min(*left);
        match read {
            Ok(()) => Ok(self.room.filled()),
            Err(Flaw::Large) if most < RECORD => Err(Refusal::UnpackedBatch { most: BATCH }),
            Err(Flaw::Large) => Err(Refusal::UnpackedRecord { format: self.compression.name(), most: RECORD }),
            Err(flaw) => Err(Refusal::Packed { format: self.compression.name(), flaw }),
        }
    }
}

impl Compression {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "a frame of LZ4",
            Self::Snappy => "Snappy",
        }
    }
}
