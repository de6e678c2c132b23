//! Whole values as texts.

use kiteline::decode::{Decoder, Plan};

use super::{Run, value};
use crate::decoding::{Decoding, Outcome};

/// What is UTF-8 is the text.
pub(super) fn texts() -> Run {
    let mut decoding = Decoding::new(Decoder::text("text", Plan::default()));
    Box::new(move |input| {
        let outcome = decoding.between(value(b"right"), value(input));
        match (&outcome, std::str::from_utf8(input)) {
            (Outcome::Rows(rows), Ok(text)) => assert_eq!(rows[0]["text"], text),
            (outcome, text) => assert_eq!(outcome.is_read(), text.is_ok()),
        }
        outcome
    })
}
