//! Avro's bytes: numbers, lengths, blocks. Nothing is taken that is not there.

use crate::decode::varint;
use crate::json::Mistake;

/// What making text of a record may cost, in bytes of it: so many for each byte of the payload, and so many for any.
/// A record of a few bytes may stand for much text, by the names in its schema and by values that take no bytes.
const WORK_A_BYTE: usize = 64;
const WORK_ANYWAY: usize = 1024 * 1024;

/// What no record may cost.
const WORK_MAX: usize = 256 * 1024 * 1024;

/// What a value costs that may take no bytes: null, a record, an empty fixed type.
const WORK_WITHOUT_BYTES: usize = 16;

/// What the bytes of a payload may cost.
pub(super) fn work_of(bytes: &[u8]) -> usize {
    bytes.len().saturating_mul(WORK_A_BYTE).min(WORK_MAX)
}

/// A place in the payload.
#[derive(Debug, Clone)]
pub(super) struct Wire<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What is left of the work that the record may cost.
    work: usize,
}

/// So many items behind each other.
pub(super) struct Block {
    pub(super) count: u64,
    /// Where the block ends, where it says so.
    end: Option<usize>,
}

impl<'a> Wire<'a> {
    /// The start of a payload. The rest of its batch may cost `work`.
    pub(super) fn new(bytes: &'a [u8], work: usize) -> Self {
        let work = work.min(work_of(bytes) + WORK_ANYWAY);
        Self { bytes, at: 0, work }
    }

    /// The place, in bytes from 0.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What is left of the work.
    pub(super) fn work(&self) -> usize {
        self.work
    }

    /// Takes from the work that is left.
    pub(super) fn spend(&mut self, work: usize) -> Result<(), Mistake> {
        match self.work.checked_sub(work) {
            Some(left) => {
                self.work = left;
                Ok(())
            }
            None => self.mistake("values without bytes, or text for them, beyond what so short a record may have,"),
        }
    }

    /// Counts a value that may take no bytes.
    pub(super) fn without_bytes(&mut self) -> Result<(), Mistake> {
        self.spend(WORK_WITHOUT_BYTES)
    }

    /// The next bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Mistake> {
        match self.bytes[self.at..].get(..count) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => self.mistake("the payload ends within a value"),
        }
    }

    /// The next bytes, as many as an array has.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Mistake> {
        Ok(*self.take(N)?.first_chunk().expect("so many were taken"))
    }

    pub(super) fn bool(&mut self) -> Result<bool, Mistake> {
        let at = self.at;
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Mistake { at, what: "a boolean that is neither 0 nor 1" }),
        }
    }

    pub(super) fn int(&mut self) -> Result<i32, Mistake> {
        let at = self.at;
        i32::try_from(self.long()?).map_err(|_| Mistake { at, what: "an int beyond 32 bits" })
    }

    pub(super) fn long(&mut self) -> Result<i64, Mistake> {
        let bits = varint::read(self.at, || self.array().map(|[byte]| byte))?;
        Ok(varint::unzigzag(bits))
    }

    /// Bytes with their length in front.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Mistake> {
        let at = self.at;
        let length = self.long()?;
        let length = usize::try_from(length).map_err(|_| Mistake { at, what: "a length below 0" })?;
        self.take(length).map_err(|_| Mistake { at, what: "a length beyond the payload" })
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Mistake> {
        let bytes = self.bytes()?;
        let start = self.at - bytes.len();
        std::str::from_utf8(bytes)
            .map_err(|error| Mistake { at: start + error.valid_up_to(), what: "a text that is not UTF-8" })
    }

    /// The next block of an array or map; none behind the last one.
    pub(super) fn block(&mut self) -> Result<Option<Block>, Mistake> {
        let count = self.long()?;
        let mut end = None;
        if count < 0 {
            let at = self.at;
            let size = self.long()?;
            let size = usize::try_from(size).ok().filter(|size| *size <= self.bytes.len() - self.at);
            let Some(size) = size else {
                return Err(Mistake { at, what: "a block beyond the payload" });
            };
            end = Some(self.at + size);
        }
        let count = count.unsigned_abs();
        Ok((count > 0).then_some(Block { count, end }))
    }

    /// To be called behind the items of a block.
    pub(super) fn end_block(&self, block: &Block) -> Result<(), Mistake> {
        if block.end.is_some_and(|end| end != self.at) {
            return self.mistake("a block that does not end where it says");
        }
        Ok(())
    }

    /// Fails where anything follows.
    pub(super) fn end(&self) -> Result<(), Mistake> {
        if self.at < self.bytes.len() { self.mistake("bytes behind the value") } else { Ok(()) }
    }

    pub(super) fn mistake<T>(&self, what: &'static str) -> Result<T, Mistake> {
        Err(Mistake { at: self.at, what })
    }
}
