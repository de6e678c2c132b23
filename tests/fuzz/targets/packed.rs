//! Payloads that their producers packed: JSON within.

use kiteline::decode::{Compression, Decoder, Plan};

use super::{Run, value};
use crate::decoding::Decoding;

/// One record each, of which nothing is made smaller.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x20\x08\x41\0\0{\"id\":7}";
const LZ4: &[u8] = b"\x04\x22\x4d\x18\x60\x40\x82\x08\0\0\x80{\"id\":7}\0\0\0\0";
const SNAPPY: &[u8] = b"\x08\x1c{\"id\":7}";
const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\x08\0\xf7\xff{\"id\":7}\x43\x5f\x07\x12\x08\0\0\0";

pub(super) fn gzip() -> Run {
    packed(Compression::Gzip, GZIP)
}

pub(super) fn zstd() -> Run {
    packed(Compression::Zstd, ZSTD)
}

pub(super) fn lz4() -> Run {
    packed(Compression::Lz4, LZ4)
}

pub(super) fn snappy() -> Run {
    packed(Compression::Snappy, SNAPPY)
}

fn packed(compression: Compression, right: &'static [u8]) -> Run {
    let mut decoding = Decoding::new(Decoder::json(Plan::default()).packed(Some(compression), None));
    Box::new(move |input| decoding.between(value(right), value(input)))
}
