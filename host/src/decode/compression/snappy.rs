//! Snappy in the forms that it has in the wild. None starts as another can: where a block starts with the mark of
//! streams, its second piece would copy from before its start.

use snap::raw::{Decoder, decompress_len};
use snap::read::FrameDecoder;

use super::Flaw;
use super::room::Room;

/// In front of the framing format.
const FRAMED: &[u8] = b"\xff\x06\0\0sNaPpY";
/// In front of what `SnappyOutputStream` writes; two versions of 4 bytes follow.
const JAVA: &[u8] = b"\x82SNAPPY\0";
/// No byte of a block stands for more: three of them copy 64 at most.
const RATIO: usize = 22;

pub(super) fn unpack(packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
    if packed.starts_with(FRAMED) {
        room.read(FrameDecoder::new(packed))?;
    } else if let Some(rest) = packed.strip_prefix(JAVA) {
        blocks(rest.split_at_checked(8).ok_or(Flaw::Short)?.1, room)?;
    } else {
        return block(packed, room);
    }
    // Neither has an end of its own.
    if room.filled().is_empty() { Err(Flaw::Short) } else { Ok(()) }
}

/// Blocks with their lengths in front, the highest byte first.
fn blocks(mut rest: &[u8], room: &mut Room) -> Result<(), Flaw> {
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk().ok_or(Flaw::Short)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Flaw::Wrong)?;
        let (packed, behind) = behind.split_at_checked(length).ok_or(Flaw::Short)?;
        block(packed, room)?;
        rest = behind;
    }
    Ok(())
}

fn block(packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
    let length = decompress_len(packed).map_err(|_| Flaw::Wrong)?;
    if packed.is_empty() || length / RATIO > packed.len() {
        return Err(Flaw::Wrong);
    }
    if length == 0 {
        return if packed == [0] { Ok(()) } else { Err(Flaw::Wrong) };
    }
    let out = room.next(length);
    if out.len() < length {
        return Err(Flaw::Large);
    }
    Decoder::new().decompress(packed, out).map_err(|_| Flaw::Wrong)?;
    room.add(length)
}
