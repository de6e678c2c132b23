//! What is wrong with a frame. The byte that is wrong is named: it is no payload but where there is no frame at all.

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::decode) enum Flaw {
    #[error("its frame has {found} bytes where {expected} are expected")]
    Short { found: usize, expected: usize },
    #[error(
        "its first byte is {found:#04x} where a frame starts with 0x00 and an id, or 0x01 and a GUID: it was not written \
         with a schema registry, or not as `framing` says"
    )]
    Magic { found: u8 },
    #[error("its frame has an id beyond 2147483647, which no registry gives")]
    Id,
    #[error("the header `{name}` has {found} bytes where a byte 0x01 and a GUID of 16 are expected")]
    HeaderSize { name: &'static str, found: usize },
    #[error("the header `{name}` goes on behind the id, as only those of Protobuf do")]
    LongHeader { name: &'static str },
    #[error("the header `{name}` starts with {found:#04x} where 0x01 and a GUID are expected")]
    HeaderMagic { name: &'static str, found: u8 },
    #[error("its first byte is {found:#04x} where a frame of AWS Glue starts with 0x03")]
    GlueMagic { found: u8 },
    #[error("its frame of AWS Glue has the compression {found:#04x} where 0x00 (none) or 0x05 (zlib) is expected")]
    GlueCompression { found: u8 },
    #[error("what follows its frame of AWS Glue is no zlib")]
    GlueZlib,
    #[error("what follows its frame of AWS Glue has more than {most} bytes when it is unpacked")]
    GlueLarge { most: usize },
}
