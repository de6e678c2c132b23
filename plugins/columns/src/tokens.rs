//! What a binary format is read as.

use std::borrow::Cow;
use std::fmt;

/// What is wrong with a payload, and where. Never what is in it.
#[derive(Debug, PartialEq)]
pub struct Fault {
    at: usize,
    what: Cow<'static, str>,
}

/// What begins at a place: a scalar, or a container and how much is in it.
#[derive(Debug, PartialEq)]
pub enum Token<'a> {
    /// Null.
    Nil,
    /// True or false.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// Above 63 bits.
    Large(u64),
    /// A float.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// So many elements follow.
    Array(usize),
    /// So many keys follow, each with its value.
    Map(usize),
}

impl Fault {
    /// A fault at a byte.
    pub fn new(at: usize, what: impl Into<Cow<'static, str>>) -> Self {
        Self { at, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.at, self.what)
    }
}

/// A payload in a binary format, and how far it is read.
pub trait Tokens<'a> {
    /// What comes next.
    fn token(&mut self) -> Result<Token<'a>, Fault>;

    /// Bytes read so far.
    fn at(&self) -> usize;

    /// Goes back to a place that was read before.
    fn back_to(&mut self, at: usize);

    /// True where nothing follows.
    fn is_at_end(&self) -> bool;

    /// The floats that come next, at most so many, until something else comes: the quick way through a vector.
    fn floats(&mut self, most: usize, out: &mut Vec<f32>);
}

/// The key that comes next in a map; none where it is not a text.
pub(crate) fn key<'a>(reader: &mut impl Tokens<'a>) -> Result<Option<&'a str>, Fault> {
    match reader.token()? {
        Token::Text(Cow::Borrowed(key)) => Ok(Some(key)),
        _ => Ok(None),
    }
}
