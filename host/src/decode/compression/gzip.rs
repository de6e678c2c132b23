//! gzip: members, one after the other.

use flate2::bufread::MultiGzDecoder;

use super::Flaw;
use super::room::Room;

pub(super) fn unpack(packed: &[u8], room: &mut Room) -> Result<(), Flaw> {
    room.read(MultiGzDecoder::new(packed))
}
