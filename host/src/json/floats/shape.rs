//! Where the numbers of an array are, told by which byte of a block is what, a bit for each byte. All bytes of a block
//! are looked at together; how the bits came about is the kernel's.

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;
/// Numbers that are read together.
pub(super) const GROUP: usize = 8;
/// So many numbers are found before they are read.
const ENOUGH: usize = 256;
/// What is found in a block is written so many at a time, without looking at how many there are: as many as there are of
/// most vectors.
pub(super) const STEP: usize = 6;
/// What is found in a block, and the rest of a step.
pub(super) const MOST: usize = BLOCK.next_multiple_of(STEP) + STEP;
/// Room for what the last block brings.
const ROOM: usize = ENOUGH + MOST;

/// Which bytes of a block are what.
pub(super) struct Bytes {
    pub(super) comma: u64,
    pub(super) close: u64,
    pub(super) blank: u64,
    pub(super) minus: u64,
    pub(super) point: u64,
    pub(super) digit: u64,
}

/// Where numbers are in a block.
pub(super) struct Places {
    pub(super) ends: u64,
    pub(super) points: u64,
    /// Whether a number in it may be written in another way than usual.
    are_doubtful: bool,
    /// Whether the array ends in it.
    is_last: bool,
}

/// What the last byte of a block asks of the first byte of the next: 1 or 0.
pub(super) struct Shape {
    begin: u64,
    blank: u64,
    minus: u64,
    digit: u64,
    point: u64,
}

impl Shape {
    /// That of an array's first byte.
    pub(super) fn new() -> Self {
        Self { begin: 1, blank: 0, minus: 0, digit: 0, point: 0 }
    }

    /// Where numbers are in the next block.
    ///
    /// As vectors are usually written, a number comes behind a bracket, a comma, or a comma and a blank; it is perhaps a
    /// minus, a digit, a point, and digits up to the next comma or the bracket.
    #[inline]
    pub(super) fn next(&mut self, is: &Bytes) -> Places {
        // Up to the bracket; where there is none, all.
        let array = is.close ^ is.close.wrapping_sub(1);
        let ends = (is.comma | is.close) & array;
        let behind = |bits: u64, before: u64| bits << 1 | before;
        let begin = behind(ends, self.begin);
        let blank = begin & is.blank;
        let begin = begin & !is.blank | behind(blank, self.blank);
        let minus = begin & is.minus;
        let digit = begin & !is.minus | behind(minus, self.minus);
        let point = behind(digit, self.digit);
        let decimal = behind(point, self.point);
        *self =
            Self { begin: ends >> 63, blank: blank >> 63, minus: minus >> 63, digit: digit >> 63, point: point >> 63 };

        let other = !(is.digit | ends | blank | minus | point) | (digit | decimal) & !is.digit | point & !is.point;
        Places { ends, points: point & array, are_doubtful: other & array != 0, is_last: is.close != 0 }
    }
}

/// The places of numbers that are not read yet, counted from the first one.
pub(super) struct Found {
    /// Bytes that were looked at.
    seen: usize,
    /// Where numbers end, behind the end of the one before them.
    ends: [u32; 1 + ROOM],
    /// How many numbers have an end.
    ended: usize,
    /// Where the points of numbers are that are written as usual.
    points: [u32; ROOM],
    pointed: usize,
    /// Groups with a number that may be written in another way.
    doubtful: [bool; ROOM / GROUP + 1],
    is_closed: bool,
    last: [u8; BLOCK],
}

impl Found {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            seen: 0,
            ends: [u32::MAX; 1 + ROOM],
            ended: 0,
            points: [0; ROOM],
            pointed: 0,
            doubtful: [false; ROOM / GROUP + 1],
            is_closed: false,
            last: [0; BLOCK],
        }
    }

    /// Whether there is enough to read, or all.
    pub(super) fn is_full(&self) -> bool {
        self.ended >= ENOUGH || self.is_closed
    }

    /// The next block of the array, which begins with its bracket, with zeros behind the text's end. None where that ends
    /// within the array.
    #[inline]
    pub(super) fn next_block<'a>(&'a mut self, array: &'a [u8]) -> Option<&'a [u8; BLOCK]> {
        let rest = array.get(1 + self.seen..).filter(|rest| !rest.is_empty())?;
        Some(match rest.first_chunk() {
            Some(block) => block,
            None => {
                self.last[..rest.len()].copy_from_slice(rest);
                &self.last
            }
        })
    }

    /// Takes in where numbers end and have their points in the next block, and how many each: `put` wrote their places.
    #[inline]
    pub(super) fn block(&mut self, places: &Places, ended: usize, pointed: usize) {
        if places.are_doubtful {
            self.doubtful[self.ended / GROUP..=(self.ended + ended) / GROUP].fill(true);
        }
        self.ended += ended;
        self.pointed += pointed;
        self.is_closed = places.is_last;
        self.seen += BLOCK;
    }

    /// The place of the next block's first byte, and room for the places of the ends and points in it, which is there
    /// until it [is full](Self::is_full).
    #[inline]
    pub(super) fn room(&mut self) -> Option<(u32, &mut [u32; MOST], &mut [u32; MOST])> {
        let ends = self.ends[1 + self.ended..].first_chunk_mut()?;
        Some((self.seen as u32, ends, self.points[self.pointed..].first_chunk_mut()?))
    }

    /// How many groups are to be read: where the array ends, the last one is filled up with its last number. None where
    /// they are no numbers.
    pub(super) fn groups(&mut self) -> Option<usize> {
        if self.pointed < self.ended || self.ended == 0 {
            return None;
        }
        if self.is_closed {
            let (point, end) = (self.points[self.ended - 1], self.ends[self.ended]);
            self.points[self.ended..][..GROUP].fill(point);
            self.ends[1 + self.ended..][..GROUP].fill(end);
            return Some(self.ended.div_ceil(GROUP));
        }
        Some(self.ended / GROUP)
    }

    /// Forgets the groups that were read.
    pub(super) fn go_on(&mut self, groups: usize) {
        let numbers = groups * GROUP;
        self.ends.copy_within(numbers..=self.ended, 0);
        self.points.copy_within(numbers..self.pointed, 0);
        self.ended -= numbers;
        self.pointed -= numbers;
        self.doubtful[0] = self.doubtful[groups];
        self.doubtful[1..].fill(false);
    }

    /// Whether a group has a number that may be written in another way.
    pub(super) fn is_doubtful(&self, group: usize) -> bool {
        self.doubtful[group]
    }

    /// Where the points of a group's numbers are.
    pub(super) fn points(&self, group: usize) -> &[u32; GROUP] {
        self.points[group * GROUP..].first_chunk().expect("there are so many groups")
    }

    /// Where the numbers of a group end.
    pub(super) fn ends(&self, group: usize) -> &[u32; GROUP] {
        self.ends[1 + group * GROUP..].first_chunk().expect("there are so many groups")
    }

    /// Where each number of a group starts and ends; not those that fill it up.
    pub(super) fn numbers(&self, group: usize) -> impl Iterator<Item = (usize, usize)> {
        let numbers = group * GROUP..self.ended.min((group + 1) * GROUP);
        // The first one of all starts at 0, which is one behind the end that it is given.
        numbers.map(|number| (self.ends[number].wrapping_add(1) as usize, self.ends[number + 1] as usize))
    }

    /// The place behind the array, and how many numbers are left to be read, where its end was found.
    pub(super) fn end(&self) -> Option<(usize, usize)> {
        self.is_closed.then(|| (self.ends[self.ended] as usize + 1, self.ended))
    }
}
