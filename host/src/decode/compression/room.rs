//! Where bytes are unpacked to.

use std::io::{ErrorKind, Read};

use super::Flaw;

/// What is kept for the next record: as much as the largest block of LZ4, which is more than most records.
const KEPT: usize = 4 << 20;
/// What is read at once of a stream.
const STEP: usize = 64 << 10;

/// Unpacked bytes, up to a limit. What lies behind them has been zeroed once, not anew for each record.
#[derive(Debug, Default)]
pub(super) struct Room {
    bytes: Vec<u8>,
    filled: usize,
    most: usize,
}

impl Room {
    /// Empties it, for so many bytes.
    pub(super) fn clear(&mut self, most: usize) {
        if self.bytes.len() > KEPT {
            self.bytes = Vec::new();
        }
        (self.filled, self.most) = (0, most);
    }

    /// Where as many bytes may be written, as far as the limit and a byte beyond it allow: one byte at least.
    pub(super) fn next(&mut self, bytes: usize) -> &mut [u8] {
        let end = self.filled + bytes.clamp(1, self.most + 1 - self.filled);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.filled..end]
    }

    /// So many bytes have been written.
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), Flaw> {
        let filled = self.filled + bytes;
        self.filled = filled.min(self.most);
        if filled > self.most { Err(Flaw::Large) } else { Ok(()) }
    }

    /// Takes all that a decoder gives.
    pub(super) fn read(&mut self, mut from: impl Read) -> Result<(), Flaw> {
        loop {
            match from.read(self.next(STEP)) {
                Ok(0) => return Ok(()),
                Ok(count) => self.add(count)?,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(Flaw::Short),
                Err(_) => return Err(Flaw::Wrong),
            }
        }
    }

    /// What has been written.
    pub(super) fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// Bytes that it holds.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.bytes.len()
    }
}
