//! Protobuf's bytes: tags, numbers, lengths, groups. Nothing is taken that is not there.

use crate::decode::varint;
use crate::json::Mistake;

/// Most levels of messages within each other, as many as other readers of Protobuf take: so a message can't exhaust the
/// stack.
pub(super) const DEPTH_MAX: u8 = 100;
pub(super) const TOO_DEEP: &str = "more than 100 levels of messages";

/// What stands behind a tag.
#[derive(Debug, Clone, Copy)]
pub(super) enum Data<'a> {
    Varint(u64),
    Four([u8; 4]),
    Eight([u8; 8]),
    /// With their length in front.
    Bytes(&'a [u8]),
    /// Between the tags of a group.
    Group(&'a [u8]),
}

/// A piece of a field, and where it stands in the payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) at: usize,
    pub(super) data: Data<'a>,
}

/// A place in a message or in packed numbers.
#[derive(Debug, Clone)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
    /// The place in the payload.
    at: usize,
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { rest: bytes, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next piece of a field, with its number; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Item<'a>)>, Mistake> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, kind) = self.tag()?;
        let item = self.item(number, kind)?;
        item.map(|item| Some((number, item)))
            .ok_or(Mistake { at: self.at, what: "an end of a group that has not begun" })
    }

    /// A piece; none for the end of a group.
    fn item(&mut self, number: u32, kind: u8) -> Result<Option<Item<'a>>, Mistake> {
        let mut at = self.at;
        let data = match kind {
            0 => Data::Varint(self.varint()?),
            1 => Data::Eight(self.array()?),
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).ok().filter(|length| *length <= self.rest.len());
                let length = length.ok_or(Mistake { at, what: "a length beyond the message" })?;
                at = self.at;
                Data::Bytes(self.take(length)?)
            }
            3 => {
                let start = self.rest;
                let length = self.group(number)?;
                Data::Group(&start[..length])
            }
            4 => return Ok(None),
            5 => Data::Four(self.array()?),
            _ => return Err(Mistake { at, what: "a tag with a wire type that Protobuf does not have" }),
        };
        Ok(Some(Item { at, data }))
    }

    /// Goes behind a group. How many bytes it has without its end.
    fn group(&mut self, number: u32) -> Result<usize, Mistake> {
        let start = self.at;
        let mut open = vec![number];
        loop {
            let end = self.at;
            let (number, kind) = self.tag()?;
            match kind {
                3 if open.len() >= DEPTH_MAX.into() => return Err(Mistake { at: end, what: TOO_DEEP }),
                3 => open.push(number),
                4 => {
                    if open.pop() != Some(number) {
                        return Err(Mistake { at: end, what: "an end of another group" });
                    }
                    if open.is_empty() {
                        return Ok(end - start);
                    }
                }
                kind => _ = self.item(number, kind)?,
            }
        }
    }

    fn tag(&mut self) -> Result<(u32, u8), Mistake> {
        let at = self.at;
        let tag = u32::try_from(self.varint()?).ok().filter(|tag| tag >> 3 > 0);
        let tag = tag.ok_or(Mistake { at, what: "a tag without a number of a field" })?;
        Ok((tag >> 3, (tag & 7) as u8))
    }

    pub(super) fn varint(&mut self) -> Result<u64, Mistake> {
        varint::read(self.at, || self.array().map(|[byte]| byte))
    }

    /// The next bytes, as many as an array has.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Mistake> {
        Ok(*self.take(N)?.first_chunk().expect("so many were taken"))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Mistake> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Mistake { at: self.at, what: "the message ends within a value" })?;
        self.rest = rest;
        self.at += count;
        Ok(bytes)
    }
}
