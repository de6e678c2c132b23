//! zstd: frames, one after the other.

use std::fmt;

use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, get_frame_content_size};

use super::room::Room;
use super::{Flaw, RECORD};

/// What a frame may tell of its size before anything of it is unpacked, for each byte of it: so that a few bytes don't
/// have much memory zeroed.
const RATIO: usize = 256;
/// What is unpacked at once of a frame that does not tell its size.
const STEP: usize = 64 << 10;
/// What a context may keep for the next record: the window of usual levels.
const KEPT: usize = 4 << 20;

/// A context, which is kept from record to record.
#[derive(Default)]
pub(super) struct Zstd(Option<DCtx<'static>>);

impl Zstd {
    pub(super) fn unpack(&mut self, packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
        let context = self.0.get_or_insert_with(context);
        let unpacked = frames(context, packed, room);
        if unpacked.is_err() || context.sizeof() > KEPT || context.reset(ResetDirective::SessionOnly).is_err() {
            self.0 = None;
        }
        unpacked
    }
}

fn context() -> DCtx<'static> {
    let mut context = DCtx::create();
    // A window is never larger than what may be unpacked.
    let set = context.set_parameter(DParameter::WindowLogMax(RECORD.ilog2()));
    set.expect("zstd takes windows from 2^10 to 2^30");
    context
}

fn frames(context: &mut DCtx<'static>, packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
    let mut input = InBuffer::around(packed);
    while input.pos < packed.len() {
        let before = room.filled().len();
        let told = get_frame_content_size(&packed[input.pos..]).ok().flatten();
        let told = told.map(|told| usize::try_from(told).unwrap_or(usize::MAX));
        // A frame that fits at once needs no window.
        let mut step = told.unwrap_or(0).clamp(STEP, STEP + packed.len() * RATIO);
        loop {
            let out = room.next(step);
            let size = out.len();
            let mut output = OutBuffer::around(out);
            let more = context.decompress_stream(&mut output, &mut input).map_err(|_| Flaw::Wrong)?;
            let written = output.pos();
            room.add(written)?;
            if more == 0 {
                break;
            }
            if written < size && input.pos == packed.len() {
                return Err(Flaw::Short);
            }
            step = STEP.max(room.filled().len());
        }
        // It does not look itself where the last block is empty.
        if told.is_some_and(|told| told != room.filled().len() - before) {
            return Err(Flaw::Wrong);
        }
    }
    Ok(())
}

impl fmt::Debug for Zstd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Zstd")
    }
}
