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
}

/// The id, and what follows the frame. Where a header has the id there is no frame.
pub(super) fn strip<'a>(part: Part, header: Option<&[u8]>, bytes: &'a [u8]) -> Result<(SchemaId, &'a [u8]), Flaw> {
    if let Some(header) = header {
        return Ok((of_header(part.header(), header)?, bytes));
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
            Ok((SchemaId::Number(id), payload))
        }
        GUID => {
            let (guid, payload) = rest.split_first_chunk::<GUID_BYTES>().ok_or(short(1 + GUID_BYTES))?;
            Ok((SchemaId::Guid(*guid), payload))
        }
        found => Err(Flaw::Magic { found }),
    }
}

/// A header has what a frame has: the byte that says so, and the GUID. Some producers write an id.
fn of_header(name: &'static str, header: &[u8]) -> Result<SchemaId, Flaw> {
    match header {
        [GUID, guid @ ..] => {
            let guid = guid.try_into().map_err(|_| Flaw::HeaderSize { name, found: header.len() })?;
            Ok(SchemaId::Guid(guid))
        }
        [NUMBER, id @ ..] => {
            let id: [u8; 4] = id.try_into().map_err(|_| Flaw::HeaderSize { name, found: header.len() })?;
            let id = u32::from_be_bytes(id);
            if i32::try_from(id).is_ok() { Ok(SchemaId::Number(id)) } else { Err(Flaw::Id) }
        }
        [found, ..] => Err(Flaw::HeaderMagic { name, found: *found }),
        [] => Err(Flaw::HeaderSize { name, found: 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: [u8; GUID_BYTES] = *b"\x89\x79\x17\x62\x23\x36\x41\x86\x96\x74\x29\x9b\x90\xa8\x02\xe2";

    fn no_header(bytes: &[u8]) -> Result<(SchemaId, &[u8]), Flaw> {
        strip(Part::Value, None, bytes)
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
        assert_eq!(strip(Part::Key, Some(&header), b"\0\0\0\0\x01"), Ok((SchemaId::Guid(UUID), &b"\0\0\0\0\x01"[..])));
        assert_eq!(strip(Part::Key, Some(b"\0\0\0\0\x07"), b""), Ok((SchemaId::Number(7), &b""[..])));
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
