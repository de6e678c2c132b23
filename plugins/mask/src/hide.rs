//! What takes a value's place.

use std::fmt::Write;

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// SHA-256, with a secret or without.
pub(crate) enum Hash {
    Plain,
    /// Ready for each value.
    Keyed(Box<Hmac<Sha256>>),
}

impl Hash {
    pub(crate) fn new(key: Option<&str>) -> Self {
        key.map_or(Self::Plain, |key| {
            let keyed = Hmac::new_from_slice(key.as_bytes()).expect("a key may have any length");
            Self::Keyed(Box::new(keyed))
        })
    }

    /// The hash in hexadecimal.
    pub(crate) fn of(&self, text: &str) -> String {
        let hash = match self {
            Self::Plain => Sha256::digest(text),
            Self::Keyed(keyed) => {
                let mut keyed = keyed.as_ref().clone();
                keyed.update(text.as_bytes());
                keyed.finalize().into_bytes()
            }
        };
        hash.iter().fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String");
            text
        })
    }
}

/// A star for each character, but for so many at the end. A text that is not longer than these is all stars: else the
/// short ones would be shown whole.
pub(crate) fn stars(text: &str, shown: usize) -> String {
    let characters = text.chars().count();
    let hidden = if characters > shown { characters - shown } else { characters };
    let stars = std::iter::repeat_n('*', hidden);
    stars.chain(text.chars().skip(hidden)).collect()
}
