//! Vectors in the forms that they have in JSON, for the decoders and for validation alike.
//!
//! A dense vector is an array of numbers, a text that has such an array in it (`"[0.5, 1]"`, as PostgreSQL writes them),
//! or a text with the base64 of its bytes as Milvus takes them, little-endian. A text with a bracket in front is the
//! first, as no base64 has one. A sparse vector has three forms, and each of them may stand in a text. How many
//! dimensions there must be is not asked here: a plugin may still shorten a vector.

mod packed;
mod sparse;
mod text;

pub(crate) use packed::{beyond, is_finite, narrowed, packed, packed_in, packed_of};
pub(crate) use sparse::{INDEX_MAX, pairs, pairs_in};

use crate::json::{Kind, Scanner, Unread, f32s};

/// Appends the next value, a vector of 32-bit floats.
pub(crate) fn floats(scanner: &mut Scanner<'_>, out: &mut Vec<f32>) -> Result<(), Unread> {
    if scanner.kind()? == Kind::Text {
        return text::next(scanner, |text| floats_in(text, out));
    }
    f32s(scanner, out)
}

/// Appends the vector of 32-bit floats that a text stands for.
pub(crate) fn floats_in(text: &str, out: &mut Vec<f32>) -> Result<(), &'static str> {
    if text::has_json(text) {
        return text::json(text, |scanner| f32s(scanner, out));
    }
    floats_of(&text::bytes(text, size_of::<f32>())?, out)
}

/// Appends the vector of 32-bit floats that bytes are, little-endian.
pub(crate) fn floats_of(bytes: &[u8], out: &mut Vec<f32>) -> Result<(), &'static str> {
    let (numbers, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err("bytes that are no whole number of 32-bit floats");
    }
    out.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
    Ok(())
}

#[cfg(test)]
mod tests;
