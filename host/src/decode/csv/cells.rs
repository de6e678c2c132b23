//! The values of a row, one after the other.

use memchr::{memchr, memchr3};

use super::CsvLayout;
use crate::decode::text::Text;
use crate::json::Mistake;

/// A place in a row.
pub(super) struct Cells<'a> {
    text: &'a str,
    at: usize,
    delimiter: u8,
    quote: u8,
    /// True where a value is next, if only an empty one.
    more: bool,
}

impl<'a> Cells<'a> {
    pub(super) fn new(text: &'a str, layout: &CsvLayout) -> Self {
        Self { text, at: 0, delimiter: layout.delimiter, quote: layout.quote, more: true }
    }

    /// The next value; `unquoted` is for one that is not in the text as it is.
    pub(super) fn next<'u>(&mut self, unquoted: &'u mut String) -> Result<Text<'u>, Mistake>
    where
        'a: 'u,
    {
        if !self.more {
            return Err(Mistake { at: self.at, what: "fewer values than there are columns," });
        }
        let at = self.at;
        let text = if self.byte() == Some(self.quote) { self.quoted(unquoted)? } else { self.plain() };
        // Only what is in quotes can be an empty text.
        let is_missing = self.at == at;
        match self.byte() {
            Some(byte) if byte == self.delimiter => self.at += 1,
            None | Some(b'\n' | b'\r') => self.more = false,
            Some(_) => return Err(Mistake { at: self.at, what: "something behind a closing quote" }),
        }
        Ok(Text { text, at, is_missing })
    }

    /// After the last value: nothing may follow but the end of the line.
    pub(super) fn end(self) -> Result<(), Mistake> {
        if self.more {
            return Err(Mistake { at: self.at, what: "more values than there are columns," });
        }
        match &self.text[self.at..] {
            "" | "\n" | "\r\n" | "\r" => Ok(()),
            _ => Err(Mistake { at: self.at, what: "something behind the row" }),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn plain(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let text = &rest[..memchr3(self.delimiter, b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())];
        self.at += text.len();
        text
    }

    /// What stands in quotes, where two of them stand for one.
    fn quoted<'u>(&mut self, unquoted: &'u mut String) -> Result<&'u str, Mistake>
    where
        'a: 'u,
    {
        let opening = self.at;
        self.at += 1;
        let first = self.piece(opening)?;
        if self.byte() != Some(self.quote) {
            return Ok(first);
        }
        unquoted.clear();
        unquoted.push_str(first);
        while self.byte() == Some(self.quote) {
            unquoted.push(char::from(self.quote));
            self.at += 1;
            unquoted.push_str(self.piece(opening)?);
        }
        Ok(unquoted)
    }

    /// What stands before the next quote, which is passed.
    fn piece(&mut self, opening: usize) -> Result<&'a str, Mistake> {
        let rest = &self.text[self.at..];
        let end = memchr(self.quote, rest.as_bytes());
        let end = end.ok_or(Mistake { at: opening, what: "a quote that is never closed" })?;
        self.at += end + 1;
        Ok(&rest[..end])
    }
}
