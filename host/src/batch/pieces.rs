//! Many pieces of bytes in a few buffers, none of which ever moves.

use std::fmt;

/// A piece that is smaller shares its buffer with others.
const BUFFER: usize = 256 << 10;

/// Pieces in the order in which they were added. What is there is never copied to make room: a buffer that has none is
/// followed by another one.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    buffers: Vec<Buffer>,
    /// The last one that pieces share; larger ones have buffers of their own.
    shared: usize,
    len: usize,
    expected: usize,
}

enum Buffer {
    Own(Vec<u8>),
    /// A piece that stays where whoever read it has it, and how much memory it holds there.
    Lent(Box<Lent>, usize),
}

/// A piece of bytes in the memory of someone else, which is given back when it is dropped.
pub type Lent = dyn AsRef<[u8]> + Send + Sync;

/// Where a piece is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    buffer: usize,
    start: usize,
    len: usize,
}

impl Pieces {
    /// Nothing yet. There will be about so many bytes.
    pub(super) fn expecting(bytes: usize) -> Self {
        Self { expected: bytes, ..Self::default() }
    }

    /// Copies a piece.
    pub(super) fn add(&mut self, piece: &[u8]) -> Place {
        let has_room =
            |buffer: &Buffer| matches!(buffer, Buffer::Own(own) if own.capacity() - own.len() >= piece.len());
        let mut place = self.shared;
        if !self.buffers.get(place).is_some_and(has_room) {
            // As much as is expected to come, and where that was too little as much as is there.
            let room = self.expected.checked_sub(self.own()).unwrap_or_else(|| self.own()).min(BUFFER);
            place = self.buffers.len();
            self.buffers.push(Buffer::Own(Vec::with_capacity(room.max(piece.len()))));
            if piece.len() <= BUFFER {
                self.shared = place;
            }
        }
        let Buffer::Own(buffer) = &mut self.buffers[place] else { unreachable!("what is lent has no room") };
        let start = buffer.len();
        buffer.extend_from_slice(piece);
        self.len += piece.len();
        Place { buffer: place, start, len: piece.len() }
    }

    /// Takes a piece as it is, which holds so many bytes of memory.
    pub(super) fn lend(&mut self, piece: Box<Lent>, held: usize) -> Place {
        let place = Place { buffer: self.buffers.len(), start: 0, len: (*piece).as_ref().len() };
        self.len += place.len;
        self.buffers.push(Buffer::Lent(piece, held));
        place
    }

    /// The piece that is there.
    pub(super) fn get(&self, place: Place) -> &[u8] {
        &self.buffers[place.buffer].bytes()[place.start..place.start + place.len]
    }

    /// Bytes of all pieces.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of the pieces that were copied.
    pub(super) fn own(&self) -> usize {
        self.buffers.iter().map(|buffer| if let Buffer::Own(own) = buffer { own.len() } else { 0 }).sum()
    }

    /// Bytes that all buffers take.
    pub(super) fn capacity(&self) -> usize {
        self.buffers.iter().map(Buffer::capacity).sum()
    }
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Lent(piece, _) => (**piece).as_ref(),
        }
    }

    fn capacity(&self) -> usize {
        match self {
            Self::Own(bytes) => bytes.capacity(),
            Self::Lent(_, held) => *held,
        }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Buffer").field(&self.capacity()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(index: usize, len: usize) -> Vec<u8> {
        vec![index as u8; len]
    }

    #[test]
    fn each_piece_is_where_it_was_put() {
        for expected in [0, 1, 5000, 10 << 20] {
            let mut pieces = Pieces::expecting(expected);
            let lens = [0, 1, 10_000, 0, BUFFER - 1, 2, BUFFER + 1, BUFFER, 3];
            let places: Vec<_> = lens.iter().enumerate().map(|(index, len)| pieces.add(&piece(index, *len))).collect();
            for (index, (place, len)) in places.into_iter().zip(lens).enumerate() {
                assert_eq!(pieces.get(place), piece(index, len), "{expected} expected, piece {index}");
            }
            assert_eq!(pieces.len(), lens.iter().sum::<usize>());
        }
    }

    #[test]
    fn pieces_that_are_lent_stay_where_they_are() {
        let mut pieces = Pieces::expecting(0);
        let first = pieces.add(&piece(1, 10));
        let lent = piece(2, 10_000);
        let at = lent.as_ptr();
        let second = pieces.lend(Box::new(lent), 10_500);
        let third = pieces.add(&piece(3, 10));
        assert_eq!((pieces.get(first), pieces.get(third)), (&piece(1, 10)[..], &piece(3, 10)[..]));
        assert_eq!((pieces.get(second), pieces.get(second).as_ptr()), (&piece(2, 10_000)[..], at));
        assert_eq!((pieces.len(), pieces.capacity() >= 10_020), (10_020, true));
    }

    #[test]
    fn a_piece_without_bytes_may_stand_behind_one_that_is_lent() {
        let mut pieces = Pieces::default();
        let places = [pieces.lend(Box::new(piece(1, 2000)), 2500), pieces.add(b""), pieces.add(b"x")];
        assert_eq!(places.map(|place| pieces.get(place).len()), [2000, 0, 1]);
        assert_eq!((pieces.len(), pieces.own()), (2001, 1));
    }

    #[test]
    fn what_is_added_moves_nothing() {
        let mut pieces = Pieces::expecting(20_000);
        let first = pieces.add(&piece(1, 10_000));
        let before = pieces.get(first).as_ptr();
        for _ in 0..100 {
            pieces.add(&piece(2, 10_000));
        }
        assert_eq!(pieces.get(first).as_ptr(), before);
    }

    #[test]
    fn buffers_are_as_large_as_is_needed() {
        let filled = |expected, count| {
            let mut pieces = Pieces::expecting(expected);
            for _ in 0..count {
                pieces.add(&piece(1, 10_000));
            }
            pieces.capacity()
        };
        assert_eq!(filled(10_000, 1), 10_000);
        assert_eq!(filled(0, 1), 10_000);
        // One more than was expected does not make it twice as large.
        assert!(filled(1 << 20, 105) < (1 << 20) + 2 * BUFFER);
        // Large ones between small ones take no room from these.
        let mut pieces = Pieces::expecting(10 * (BUFFER + 100));
        for _ in 0..10 {
            pieces.add(&piece(1, 10));
            pieces.add(&piece(2, BUFFER + 1));
        }
        assert!(pieces.capacity() < 11 * (BUFFER + 100), "{}", pieces.capacity());
        // What never comes is not kept ready.
        assert_eq!(filled(1 << 30, 1), BUFFER);
    }
}
