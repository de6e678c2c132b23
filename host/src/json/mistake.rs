//! What can be wrong with a text: it is not JSON, or it is another value than the one asked for.

use std::fmt;

use super::Kind;

/// Where a text stops being JSON, and what is wrong there. It never holds a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {}", grouped(*at))]
pub struct Mistake {
    /// Position in bytes, counted from 0.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// A value that is JSON, but not of the type asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Position in bytes, counted from 0.
    pub(crate) at: usize,
    /// What stands there instead.
    pub(crate) found: &'static str,
    /// The kind of the value that it stands in, where it is not the value itself.
    pub(crate) within: Option<Kind>,
}

/// Why a value was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is not JSON. Nothing after it can be read either.
    Mistake(Mistake),
    /// It is of another type.
    Misfit(Misfit),
}

/// A number with commas between the thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Unread {
    /// A value of another type.
    pub(crate) fn misfit(at: usize, found: &'static str) -> Self {
        Self::Misfit(Misfit { at, found, within: None })
    }

    /// Says that a value of another type stands in a greater one.
    pub(crate) fn within(self, kind: Kind) -> Self {
        match self {
            Self::Misfit(misfit) => Self::Misfit(Misfit { within: Some(kind), ..misfit }),
            mistake => mistake,
        }
    }
}

impl From<Mistake> for Unread {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.within {
            Some(kind) => write!(f, "{} with {}", kind.name(), self.found),
            None => f.write_str(self.found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_says_what_and_where() {
        let mistake = Mistake { at: 1_234_043, what: "expected `,` or `]`" };
        assert_eq!(mistake.to_string(), "expected `,` or `]` at byte 1,234,043");
        assert_eq!([0, 999, 1000, 12_345].map(grouped), ["0", "999", "1,000", "12,345"]);
    }
}
