//! The frame of AWS Glue. Its registry has an API of its own, so nothing is asked there by the UUID.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Flaw;

/// In front of every frame: the version.
const MAGIC: u8 = 3;
const HEADER: usize = 18;
/// Largest payload when it is unpacked: a bomb of a few kilobytes must not take the memory of the others.
const UNPACKED: usize = 64 << 20;

/// What follows the frame, unpacked.
pub(super) fn strip(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Flaw> {
    if let Some(found) = bytes.first().copied().filter(|found| *found != MAGIC) {
        return Err(Flaw::GlueMagic { found });
    }
    let Some((header, payload)) = bytes.split_first_chunk::<HEADER>() else {
        return Err(Flaw::Short { found: bytes.len(), expected: HEADER });
    };
    match header[1] {
        0 => Ok(Cow::Borrowed(payload)),
        5 => {
            let mut unpacked = Vec::new();
            let read = ZlibDecoder::new(payload).take(UNPACKED as u64 + 1).read_to_end(&mut unpacked);
            read.map_err(|_| Flaw::GlueZlib)?;
            if unpacked.len() > UNPACKED { Err(Flaw::GlueLarge { most: UNPACKED }) } else { Ok(Cow::Owned(unpacked)) }
        }
        found => Err(Flaw::GlueCompression { found }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn framed(compression: u8, payload: &[u8]) -> Vec<u8> {
        [&[MAGIC, compression][..], &[7; 16], payload].concat()
    }

    fn packed(payload: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(payload).expect("in memory");
        encoder.finish().expect("in memory")
    }

    #[test]
    fn takes_plain_and_packed_payloads() {
        assert_eq!(strip(&framed(0, b"{}")), Ok(Cow::Borrowed(&b"{}"[..])));
        assert_eq!(strip(&framed(5, &packed(b"{\"a\": 1}"))), Ok(Cow::Owned(b"{\"a\": 1}".to_vec())));
    }

    #[test]
    fn refuses_other_frames_broken_packing_and_bombs() {
        assert_eq!(strip(b"\0\0\0\0\x01{}"), Err(Flaw::GlueMagic { found: 0 }));
        assert_eq!(strip(&framed(0, b"")[..17]), Err(Flaw::Short { found: 17, expected: HEADER }));
        assert_eq!(strip(b""), Err(Flaw::Short { found: 0, expected: HEADER }));
        assert_eq!(strip(&framed(1, b"{}")), Err(Flaw::GlueCompression { found: 1 }));
        let whole = framed(5, &packed(b"some text"));
        assert_eq!(strip(&whole[..whole.len() - 6]), Err(Flaw::GlueZlib));
        assert_eq!(strip(&framed(5, &packed(&vec![0; UNPACKED + 1]))), Err(Flaw::GlueLarge { most: UNPACKED }));
    }
}
