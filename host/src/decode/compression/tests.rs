//! Packed by the libraries' other halves; what Python's write is read in `tests/blackbox/formats.rs`.

use std::io::Write;
use std::sync::Arc;

use proptest::prelude::*;

use super::{BATCH, Compression, RECORD, Unpacker};
use crate::batch::{Operation, Origin, Records};
use crate::decode::{Decoder, Plan};

/// A form, with what packs it.
type Form = (&'static str, Compression, fn(&[u8]) -> Vec<u8>);

const FORMS: [Form; 9] = [
    ("gzip", Compression::Gzip, gzip),
    ("two members", Compression::Gzip, |bytes| halves(bytes, gzip)),
    ("zstd", Compression::Zstd, |bytes| zstd(bytes, true)),
    ("zstd without size", Compression::Zstd, |bytes| zstd(bytes, false)),
    ("two frames", Compression::Zstd, |bytes| halves(bytes, |bytes| zstd(bytes, true))),
    ("LZ4", Compression::Lz4, lz4),
    ("Snappy", Compression::Snappy, snappy),
    ("Snappy as Java writes it", Compression::Snappy, java),
    ("framed Snappy", Compression::Snappy, framed_snappy),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn zstd(bytes: &[u8], with_size: bool) -> Vec<u8> {
    let mut context = zstd_safe::CCtx::create();
    context.set_parameter(zstd_safe::CParameter::ContentSizeFlag(with_size)).expect("a parameter");
    let mut out = vec![0; zstd_safe::compress_bound(bytes.len())];
    let size = context.compress2(&mut out[..], bytes).expect("there is room");
    out.truncate(size);
    out
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).expect("small enough")
}

fn framed_snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("in memory");
    encoder.into_inner().expect("in memory")
}

fn java(bytes: &[u8]) -> Vec<u8> {
    let blocks = bytes.chunks(32 << 10).map(|chunk| {
        let block = snappy(chunk);
        [&(block.len() as u32).to_be_bytes()[..], &block].concat()
    });
    [b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec(), blocks.collect::<Vec<_>>().concat()].concat()
}

fn halves(bytes: &[u8], pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (one, other) = bytes.split_at(bytes.len() / 2);
    [pack(one), pack(other)].concat()
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|at| b"[0.125, -3]"[at * at % 11]).collect()
}

fn unpack(compression: Compression, packed: &[u8], mut left: usize) -> Result<Vec<u8>, String> {
    let mut unpacker = Unpacker::new(compression);
    let unpacked = unpacker.unpack(packed, &mut left).map(<[u8]>::to_vec);
    unpacked.map_err(|refusal| refusal.to_string())
}

#[test]
fn every_form_is_unpacked_whatever_its_size() {
    for (name, compression, pack) in FORMS {
        for length in [1, 2, 1000, 70_000, 300_000] {
            let bytes = text(length);
            assert!(unpack(compression, &pack(&bytes), BATCH).as_ref() == Ok(&bytes), "{name}, {length}");
        }
    }
}

#[test]
fn what_is_cut_off_or_goes_on_behind_is_refused() {
    let bytes = text(3000);
    for (name, compression, pack) in FORMS {
        let packed = pack(&bytes);
        let whole_before = if name.starts_with("two") { pack(&bytes).len() / 2 } else { 0 };
        for end in 0..packed.len() {
            let unpacked = unpack(compression, &packed[..end], BATCH);
            // One of two that is whole says nothing of the other.
            let is_half = unpacked.as_ref().is_ok_and(|half| whole_before > 0 && half.len() == bytes.len() / 2);
            assert!(unpacked.is_err() || is_half, "{name} up to {end}");
        }
        let behind = unpack(compression, &[&packed[..], b"x"].concat(), BATCH);
        assert!(behind.is_err(), "{name}");
    }
    assert_eq!(unpack(Compression::Gzip, &text(20), BATCH), Err("not gzip: it is something else, or damaged".into()));
    assert_eq!(unpack(Compression::Zstd, b"", BATCH), Err("not zstd: it ends within what is packed".into()));
}

#[test]
fn bombs_are_refused_by_the_record_and_by_the_batch() {
    let bytes = vec![0; RECORD + 1];
    for (name, compression, pack) in FORMS {
        let packed = pack(&bytes);
        let refused = unpack(compression, &packed, BATCH).expect_err(name);
        assert!(refused.ends_with("it has more than 67,108,864 bytes"), "{name}: {refused}");
        let refused = unpack(compression, &packed, 1000).expect_err(name);
        assert!(refused.contains("more than 268,435,456 bytes when they are unpacked"), "{name}: {refused}");
        assert_eq!(unpack(compression, &pack(b"ab"), 2).as_deref(), Ok(&b"ab"[..]), "{name}");
    }
}

#[test]
fn what_is_unpacked_in_vain_counts_for_its_batch() {
    let (bomb, good) = (gzip(&vec![0; RECORD + 1]), gzip(b"{}"));
    let mut records = Records::default();
    for (offset, value) in (0..).zip([&good, &bomb, &bomb, &bomb, &bomb, &good]) {
        let origin = Origin { topic: "items".into(), partition: 0, offset };
        records.push(origin, None, None, Some(value), std::iter::empty());
    }
    let mut decoder = Decoder::json(Plan::default()).packed(Some(Compression::Gzip), None);
    decoder.unpack(&mut records);
    let reasons: Vec<_> = records.iter().map(|record| record.flaw().map(|flaw| flaw.contains("its batch"))).collect();
    assert_eq!(reasons, [None, Some(false), Some(false), Some(false), Some(true), Some(true)]);
}

#[test]
fn a_size_that_is_only_told_takes_no_memory() {
    // 64 MiB by the header of a frame and of a block, with nothing behind.
    let frame = [&b"\x28\xb5\x2f\xfd\xa0"[..], &(64u32 << 20).to_le_bytes(), b"\x01\0\0"].concat();
    for (compression, packed) in [(Compression::Zstd, &frame[..]), (Compression::Snappy, b"\x80\x80\x80\x20\0")] {
        let mut unpacker = Unpacker::new(compression);
        assert!(unpacker.unpack(packed, &mut BATCH.clone()).is_err());
        assert!(unpacker.room.kept() < 1 << 20, "{compression:?}");
    }
}

#[test]
fn keys_and_values_are_decoded_from_what_they_are_unpacked() {
    let origin = |offset| Origin { topic: "items".into(), partition: 0, offset };
    let mut records = Records::default();
    let (key, damaged) = (snappy(b"7"), &gzip(b"{}")[..12]);
    for (offset, key, value) in
        [(0, &key[..], Some(&gzip(br#"{"a": 1}"#)[..])), (1, &key, Some(damaged)), (2, b"7", None), (3, &key, None)]
    {
        records.push(origin(offset), None, Some(key), value, std::iter::empty());
    }
    let format = crate::decode::KeyFormat::Json;
    let mut decoder = Decoder::json(Plan::default()).with_keys(format, "id", Plan::default());
    decoder = decoder.packed(Some(Compression::Gzip), Some(Compression::Snappy));
    decoder.unpack(&mut records);
    let decoded = decoder.decode(Arc::new(records), Operation::Upsert);

    let reasons: Vec<_> = decoded.rejected.iter().map(|it| (it.record, it.reason.as_str())).collect();
    let right =
        [(1, "not gzip: it ends within what is packed"), (2, "the key: not Snappy: it is something else, or damaged")];
    assert_eq!(reasons, right);
    let batch = decoded.batch;
    let field = |name: &'static str, row| batch.read(name).json_text(row).map(|text| text.to_string());
    assert_eq!((field("a", 0).as_deref(), field("id", 0).as_deref()), (Some("1"), Some("7")));
    assert_eq!((field("a", 1), field("id", 1).as_deref()), (None, Some("7")));
    assert_eq!(batch.operations().get(1), Operation::Delete);
}

proptest! {
    /// Bytes that are changed, taken out or made up never lead to more than the limit, or to a panic.
    #[test]
    fn damaged_bytes_stay_within_the_limit(form in 0usize..9, length in 0usize..2000, at: prop::sample::Index, with: u8) {
        let (_, compression, pack) = FORMS[form];
        let mut packed = pack(&text(length));
        if !packed.is_empty() {
            let at = at.index(packed.len());
            packed[at] = with;
        }
        let most = 10_000;
        for form in [compression, Compression::Gzip, Compression::Zstd, Compression::Lz4, Compression::Snappy] {
            prop_assert!(unpack(form, &packed, most).map_or(0, |bytes| bytes.len()) <= most);
        }
    }
}
