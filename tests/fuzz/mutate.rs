//! Inputs changed at random: what comes of a seed is always the same.

/// Longest input: one that is doubled again and again has an end.
const BYTES_MAX: usize = 64 << 10;
/// Most inputs that are kept to be changed.
const KEPT: usize = 500;
/// Most changes to an input.
const CHANGES: u64 = 6;
/// Bytes that mean something in one format or another.
const TELLING: &[u8] = b"\0\x01\x02\x03\x05\x7f\x80\x81\xff{}[]\",:\\-+.eE09n \n";
/// What stands where numbers do.
const NUMBERS: [&[u8]; 8] = [
    b"9223372036854775808",
    b"-9223372036854775809",
    b"1e400",
    b"-0.0",
    b"340282356779733661637539395458142568448",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x10",
    b"\xfe\xff\xff\xff\x0f",
];

pub(crate) struct Mutator {
    state: u64,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    /// Each target has other numbers of the same seed.
    pub(crate) fn new(seed: u64, target: &str, corpus: Vec<Vec<u8>>) -> Self {
        let state = target.bytes().fold(seed, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Self { state, corpus }
    }

    /// An input of the corpus, changed.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.any().clone();
        // Mostly few: what is changed all over says little of what stands further behind.
        let most = self.below(CHANGES) + 1;
        for _ in 0..=self.below(most) {
            self.change(&mut input);
        }
        input.truncate(BYTES_MAX);
        input
    }

    /// Changes an input further in the time to come, in place of another one where there are many.
    pub(crate) fn keep(&mut self, input: Vec<u8>) {
        if self.corpus.len() < KEPT {
            self.corpus.push(input);
        } else {
            let place = self.below(KEPT as u64) as usize;
            self.corpus[place] = input;
        }
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.place(input.len());
        let range = at..(at + self.place(16)).min(input.len());
        match self.below(10) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.telling(),
            2 if at < input.len() => input[at] = self.number() as u8,
            3 => input.insert(at, self.telling()),
            4 => drop(input.drain(range)),
            5 => input.truncate(at),
            // A part of it once more, or very often.
            6 => {
                let times = if self.below(8) == 0 { 1000 } else { 1 };
                let part = input[range].repeat(times);
                input.splice(at..at, part);
            }
            7 => {
                let number = NUMBERS[self.below(NUMBERS.len() as u64) as usize];
                input.splice(range, number.iter().copied());
            }
            // The end of another one.
            8 => {
                let other = self.any().clone();
                let from = self.place(other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let bytes: Vec<u8> = (0..self.below(9)).map(|_| self.number() as u8).collect();
                input.splice(at..at, bytes);
            }
        }
        // Before the next change may double it.
        input.truncate(BYTES_MAX);
    }

    fn any(&mut self) -> &Vec<u8> {
        let index = self.below(self.corpus.len() as u64) as usize;
        &self.corpus[index]
    }

    fn telling(&mut self) -> u8 {
        TELLING[self.below(TELLING.len() as u64) as usize]
    }

    /// From 0 to `end`.
    fn place(&mut self, end: usize) -> usize {
        self.below(end as u64 + 1) as usize
    }

    fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// SplitMix64.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
