//! LZ4: one frame. Of several each could ask for buffers of megabytes with a few bytes.

use std::io::Read;

use lz4_flex::frame::FrameDecoder;

use super::Flaw;
use super::room::Room;

pub(super) fn unpack(packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
    let mut decoder = FrameDecoder::new(Packed { rest: packed, ran_out: false });
    room.read(&mut decoder)?;
    match decoder.into_inner() {
        Packed { ran_out: true, .. } => Err(Flaw::Short),
        Packed { rest: [], .. } => Ok(()),
        _ => Err(Flaw::Wrong),
    }
}

/// Knows whether more was asked for than there is: to the decoder, a frame that is cut off between two blocks has ended.
struct Packed<'a> {
    rest: &'a [u8],
    ran_out: bool,
}

impl Read for Packed<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.ran_out |= self.rest.is_empty() && !out.is_empty();
        self.rest.read(out)
    }
}
