//! JSON that is packed as a whole.

use std::io::Write;

use kiteline::decode::{Compression, Decoder, Plan};

use super::{Run, value};
use crate::decoding::Decoding;

const RIGHT: &[u8] = b"{\"id\": 7}";

pub(super) fn gzip() -> Run {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(RIGHT).expect("in memory");
    of(Compression::Gzip, encoder.finish().expect("in memory"))
}

pub(super) fn zstd() -> Run {
    let mut packed = vec![0; zstd_safe::compress_bound(RIGHT.len())];
    let length = zstd_safe::compress(&mut packed[..], RIGHT, 3).expect("there is room");
    packed.truncate(length);
    of(Compression::Zstd, packed)
}

pub(super) fn lz4() -> Run {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(RIGHT).expect("in memory");
    of(Compression::Lz4, encoder.finish().expect("in memory"))
}

pub(super) fn snappy() -> Run {
    of(Compression::Snappy, snap::raw::Encoder::new().compress_vec(RIGHT).expect("small enough"))
}

fn of(compression: Compression, right: Vec<u8>) -> Run {
    let mut decoding = Decoding::new(Decoder::json(Plan::default()).packed(Some(compression), None));
    Box::new(move |input| decoding.between(value(&right), value(input)))
}
