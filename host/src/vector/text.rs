//! Texts that stand for vectors.

use crate::json::{Scanner, Unread, from_base64};

/// What a text is that is no vector.
const NEITHER: &str = "a text that is neither a vector in JSON nor base64";

/// Reads the next value, a text.
pub(super) fn next(
    scanner: &mut Scanner<'_>,
    read: impl FnOnce(&str) -> Result<(), &'static str>,
) -> Result<(), Unread> {
    let at = scanner.at();
    read(&scanner.text()?.value()).map_err(|unfit| Unread::misfit(at, unfit))
}

/// True for a text that has JSON in it, which base64 never looks like.
pub(super) fn has_json(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['[', '{'])
}

/// Reads the JSON of a text, which is one value and nothing more.
pub(super) fn json(text: &str, read: impl FnOnce(&mut Scanner<'_>) -> Result<(), Unread>) -> Result<(), &'static str> {
    let mut scanner = Scanner::new(text);
    match read(&mut scanner).and_then(|()| Ok(scanner.end()?)) {
        Ok(()) => Ok(()),
        Err(Unread::Misfit(misfit)) if misfit.within.is_some() => Err(misfit.found),
        Err(_) => Err(NEITHER),
    }
}

/// The bytes of a text's base64: of numbers with so many bytes each, and of one at least.
pub(super) fn bytes(text: &str, width: usize) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    if text.is_empty() || !from_base64(text, &mut bytes) {
        return Err(NEITHER);
    }
    if bytes.len().is_multiple_of(width) { Ok(bytes) } else { Err("base64 whose bytes are no whole number of numbers") }
}
