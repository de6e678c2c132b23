//! Confluent's frame.

use super::Flaw;
use crate::registry::SchemaId;

/// In front of an id.
const NUMBER: u8 = 0;
/// In front of a GUID.
const GUID: u8 = 1;
const GUID_BYTES: usize = 16;

/// Which part of a record is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decode) enum Part {
    Key,
    Value,
}

impl Part {
    /// The header that may have the id in place of the frame.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Key => "__key_schema_id",
            Self::Value => "__value_schema_id",
        }
    }

    /// What is wrong with a header that goes on behind the id, where that is of no use to the format.
    pub(in crate::decode) fn long_header(self) -> Flaw {
        Flaw::LongHeader { name: self.header() }
    }
}

/// An id, what follows it in the header where that has it, and the payload.
type Stripped<'a> = (SchemaId, Option<&'a [u8]>, &'a [u8]);

/// Takes the frame off. Where a header has the id there is none.
pub(super) fn strip<'a>(part: Part, header: Option<&'a [u8]>, bytes: &'a [u8]) -> Result<Stripped<'a>, Flaw> {
    if let Some(header) = header {
        let (id, rest) = of_header(part.header(), header)?;
        return Ok((id, Some(rest), bytes));
    }
    let short = |expected| Flaw::Short { found: bytes.len(), expected };
    let (magic, rest) = bytes.split_first().ok_or(short(5))?;
    match *magic {
        NUMBER => {
            let (id, payload) = rest.split_first_chunk::<4>().ok_or(short(5))?;
            let id = u32::from_be_bytes(*id);
            if i32::try_from(id).is_err() {
                return Err(Flaw::Id);
            }
            Ok((SchemaId::Number(id), None, payload))
        }
        GUID => {
            let (guid, payload) = rest.split_first_chunk::<GUID_BYTES>().ok_or(short(1 + GUID_BYTES))?;
            Ok((SchemaId::Guid(*guid), None, payload))
        }
        found => Err(Flaw::Magic { found }),
    }
}

/// A header has what a frame has: the byte that says so, and the GUID. Some producers write an id.
fn of_header<'a>(name: &'static str, header: &'a [u8]) -> Result<(SchemaId, &'a [u8]), Flaw> {
    let short = Flaw::HeaderSize { name, found: header.len() };
    match header {
        [GUID, rest @ ..] => {
            let (guid, rest) = rest.split_first_chunk().ok_or(short)?;
            Ok((SchemaId::Guid(*guid), rest))
        }
        [NUMBER, rest @ ..] => {
            let (id, rest) = rest.split_first_chunk().ok_or(short)?;
            let id = u32::from_be_bytes(*id);
            if i32::try_from(id).is_ok() { Ok((SchemaId::Number(id), rest)) } else { Err(Flaw::Id) }
        }
        [found, ..] => Err(Flaw::HeaderMagic { name, found: *found }),
        [] => Err(short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: [u8; GUID_BYTES] = *b"\x89\x79\x17\x62\x23\x36\x41\x86\x96\x74\x29\x9b\x90\xa8\x02\xe2";

    fn no_header(bytes: &[u8]) -> Result<(SchemaId, &[u8]), Flaw> {
        strip(Part::Value, None, bytes).map(|(id, _, payload)| (id, payload))
    }

    #[test]
    fn reads_an_id_and_a_guid() {
        assert_eq!(no_header(b"\0\0\0\x01\x02rest"), Ok((SchemaId::Number(258), &b"rest"[..])));
        assert_eq!(no_header(b"\0\x7f\xff\xff\xff"), Ok((SchemaId::Number(i32::MAX as u32), &b""[..])));
        let framed = [&[1][..], &UUID, b"rest"].concat();
        let (id, rest) = no_header(&framed).expect("framed");
        assert_eq!((id.to_string().as_str(), rest), ("GUID 89791762-2336-4186-9674-299b90a802e2", &b"rest"[..]));
    }

    #[test]
    fn a_header_goes_before_a_frame() {
        let header = [&[1][..], &UUID].concat();
        assert_eq!(
            strip(Part::Key, Some(&header), b"\0\0\0\0\x01"),
            Ok((SchemaId::Guid(UUID), Some(&b""[..]), &b"\0\0\0\0\x01"[..]))
        );
        let behind = strip(Part::Key, Some(b"\0\0\0\0\x07\x02"), b"");
        assert_eq!(behind, Ok((SchemaId::Number(7), Some(&b"\x02"[..]), &b""[..])));
        for (header, reason) in [
            (&b""[..], "the header `__value_schema_id` has 0 bytes where a byte 0x01 and a GUID of 16 are expected"),
            (b"\x01\x02", "the header `__value_schema_id` has 2 bytes where a byte 0x01 and a GUID of 16 are expected"),
            (b"7", "the header `__value_schema_id` starts with 0x37 where 0x01 and a GUID are expected"),
        ] {
            assert_eq!(strip(Part::Value, Some(header), b"").expect_err(reason).to_string(), reason);
        }
    }

    #[test]
    fn names_what_is_wrong_with_a_frame() {
        assert_eq!(no_header(b""), Err(Flaw::Short { found: 0, expected: 5 }));
        assert_eq!(no_header(b"\0\0\0\0"), Err(Flaw::Short { found: 4, expected: 5 }));
        assert_eq!(no_header(&[1; 16]), Err(Flaw::Short { found: 16, expected: 17 }));
        assert_eq!(no_header(b"\0\x80\0\0\0"), Err(Flaw::Id));
        assert_eq!(no_header(b"{}"), Err(Flaw::Magic { found: b'{' }));
    }
}
