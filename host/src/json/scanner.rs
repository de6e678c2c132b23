//! Going through JSON text from front to back.

use super::{Mistake, Number, Quoted, Unread};

/// Most levels of arrays and objects within each other; so a text can't exhaust the stack.
pub(super) const DEPTH_MAX: u8 = 128;

/// A place in a JSON text. Clone it to come back to the place.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    /// Strings are looked at for being UTF-8 when they are read; JSON has nothing but ASCII elsewhere.
    text: &'a [u8],
    at: usize,
    depth: u8,
}

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

/// Whether a text is one JSON value, with nothing but whitespace around it.
///
/// # Errors
/// Says where it stops being one.
pub fn check(text: &str) -> Result<(), Mistake> {
    let mut scanner = Scanner::new(text);
    scanner.value()?;
    scanner.end()
}

impl Kind {
    /// What a message calls such a value.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl<'a> Scanner<'a> {
    /// The start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// The start of what may be a text.
    pub(crate) fn of_bytes(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The place, in bytes from 0.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes to the next value and says of what kind it is, by its first byte.
    pub(crate) fn kind(&mut self) -> Result<Kind, Mistake> {
        self.skip_whitespace();
        match self.peek() {
            Some(b'"') => Ok(Kind::Text),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'[') => Ok(Kind::Array),
            Some(b'{') => Ok(Kind::Object),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'N' | b'I') => self.mistake("NaN or an infinity, which JSON does not have,"),
            None => self.mistake("the text ends where a value is expected"),
            Some(_) if self.at == 0 && self.text.starts_with("\u{feff}".as_bytes()) => {
                self.mistake("a byte order mark, which JSON does not have,")
            }
            Some(_) => self.mistake("expected a value"),
        }
    }

    /// Fails where the next value is not of that kind.
    pub(crate) fn expect(&mut self, wanted: Kind) -> Result<(), Unread> {
        let kind = self.kind()?;
        if kind == wanted { Ok(()) } else { Err(Unread::misfit(self.at, kind.name())) }
    }

    /// Goes over the next value, whatever it is, and gives its text.
    pub(crate) fn value(&mut self) -> Result<&'a str, Mistake> {
        self.skip_whitespace();
        let start = self.at;
        self.pass_over()?;
        Ok(std::str::from_utf8(&self.text[start..self.at]).expect("what was read is UTF-8"))
    }

    fn pass_over(&mut self) -> Result<(), Mistake> {
        match self.kind()? {
            Kind::Null => self.literal("null")?,
            Kind::Bool => _ = self.bool()?,
            Kind::Number => _ = self.number()?,
            Kind::Text => _ = self.text()?,
            Kind::Array => {
                self.open()?;
                while self.next_element()? {
                    self.pass_over()?;
                }
            }
            Kind::Object => {
                self.open()?;
                while self.next_name()?.is_some() {
                    self.pass_over()?;
                }
            }
        }
        Ok(())
    }

    /// Reads `null`, where the next value is [`Kind::Null`].
    pub(crate) fn null(&mut self) -> Result<(), Mistake> {
        self.literal("null")
    }

    /// Reads the next value, a [`Kind::Bool`].
    pub(crate) fn bool(&mut self) -> Result<bool, Mistake> {
        let value = self.peek() == Some(b't');
        self.literal(if value { "true" } else { "false" })?;
        Ok(value)
    }

    /// Reads the next value, a [`Kind::Number`].
    pub(crate) fn number(&mut self) -> Result<Number<'a>, Mistake> {
        let number = Number::at_start_of(self.text, self.at)?;
        self.at += number.len();
        Ok(number)
    }

    /// Reads the next value, a [`Kind::Text`].
    pub(crate) fn text(&mut self) -> Result<Quoted<'a>, Mistake> {
        let quoted = Quoted::at_start_of(self.text, self.at)?;
        self.at += quoted.len();
        Ok(quoted)
    }

    /// Enters the next value, an array or object.
    pub(crate) fn open(&mut self) -> Result<(), Mistake> {
        if self.depth == DEPTH_MAX {
            return self.mistake("more than 128 levels of arrays and objects");
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Goes to the next element of the array that is open. False behind the last one, where the array is closed.
    pub(crate) fn next_element(&mut self) -> Result<bool, Mistake> {
        self.next(b'[', b']', "expected `,` or `]`")
    }

    /// Goes to the next name of the object that is open and reads it, so that its value is next. None behind the last
    /// one, where the object is closed.
    pub(crate) fn next_name(&mut self) -> Result<Option<Quoted<'a>>, Mistake> {
        if !self.next(b'{', b'}', "expected `,` or `}`")? {
            return Ok(None);
        }
        self.skip_whitespace();
        if self.peek() != Some(b'"') {
            return self.mistake("expected a name in quotes");
        }
        let name = self.text()?;
        self.skip_whitespace();
        if self.peek() != Some(b':') {
            return self.mistake("expected `:`");
        }
        self.at += 1;
        Ok(Some(name))
    }

    /// The text and the place behind the bracket, where the next value is an array that may be entered.
    pub(super) fn in_array(&mut self) -> Option<(&'a [u8], usize)> {
        self.skip_whitespace();
        (self.peek() == Some(b'[') && self.depth < DEPTH_MAX).then_some((self.text, self.at + 1))
    }

    /// Goes on behind an array that was read without this scanner.
    pub(super) fn go_on(&mut self, at: usize) {
        self.at = at;
    }

    /// Fails where anything but whitespace follows.
    pub(crate) fn end(&mut self) -> Result<(), Mistake> {
        self.skip_whitespace();
        if self.at < self.text.len() { self.mistake("expected the end of the text") } else { Ok(()) }
    }

    /// Goes to the next value, which must stand in another line than the last one. False where there is none.
    pub(crate) fn next_line(&mut self) -> Result<bool, Mistake> {
        let from = self.at;
        self.skip_whitespace();
        if self.at == self.text.len() {
            return Ok(false);
        }
        let is_next = self.text[from..self.at].contains(&b'\n');
        if is_next { Ok(true) } else { self.mistake("expected the end of the text") }
    }

    /// The step from item to item. A bracket right before this place is the one that was opened: no item ends in one.
    fn next(&mut self, open: u8, close: u8, expected: &'static str) -> Result<bool, Mistake> {
        let first = self.text[self.at - 1] == open;
        self.skip_whitespace();
        match self.peek() {
            Some(byte) if byte == close => {
                self.depth -= 1;
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => self.mistake(expected),
        }
    }

    fn literal(&mut self, literal: &'static str) -> Result<(), Mistake> {
        if !self.text[self.at..].starts_with(literal.as_bytes()) {
            return self.mistake("expected a value");
        }
        self.at += literal.len();
        Ok(())
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn mistake<T>(&self, what: &'static str) -> Result<T, Mistake> {
        Err(Mistake { at: self.at, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        check(text).expect_err(text).to_string()
    }

    #[test]
    fn takes_every_kind_of_value_with_whitespace_around() {
        for text in ["null", "true", "false", "0", "-0", "-1.5e+3", "1E9", "\"\"", "[]", "{}", "[[],{}]"] {
            assert_eq!(check(text), Ok(()), "{text}");
            assert_eq!(check(&format!(" \t\r\n{text}\n ")), Ok(()), "{text}");
        }
        assert_eq!(check("{ \"a\" : [ 1 , null , { \"b\" : \"c\" } ] , \"a\" : 2 }"), Ok(()));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(mistake(""), "the text ends where a value is expected at byte 0");
        assert_eq!(mistake(" \n"), "the text ends where a value is expected at byte 2");
        assert_eq!(mistake("[1,"), "the text ends where a value is expected at byte 3");
        assert_eq!(mistake("[1 2]"), "expected `,` or `]` at byte 3");
        assert_eq!(mistake("[1,]"), "expected a value at byte 3");
        assert_eq!(mistake("[,1]"), "expected a value at byte 1");
        assert_eq!(mistake("[1}"), "expected `,` or `]` at byte 2");
        assert_eq!(mistake("{\"a\":1]"), "expected `,` or `}` at byte 6");
        assert_eq!(mistake("{\"a\":1,}"), "expected a name in quotes at byte 7");
        assert_eq!(mistake("{a:1}"), "expected a name in quotes at byte 1");
        assert_eq!(mistake("{\"a\" 1}"), "expected `:` at byte 5");
        assert_eq!(mistake("{\"a\":}"), "expected a value at byte 5");
        assert_eq!(mistake("{} {}"), "expected the end of the text at byte 3");
        assert_eq!(mistake("1 2"), "expected the end of the text at byte 2");
        assert_eq!(mistake("nul"), "expected a value at byte 0");
        assert_eq!(mistake("[True]"), "expected a value at byte 1");
        assert_eq!(mistake("trueish"), "expected the end of the text at byte 4");
        assert_eq!(mistake("\u{a0}1"), "expected a value at byte 0");
        assert_eq!(mistake("[1]\0"), "expected the end of the text at byte 3");
    }

    #[test]
    fn names_what_other_writers_take_for_json() {
        assert_eq!(mistake("\u{feff}{}"), "a byte order mark, which JSON does not have, at byte 0");
        assert_eq!(mistake("[NaN]"), "NaN or an infinity, which JSON does not have, at byte 1");
        assert_eq!(mistake("[-Infinity]"), "NaN or an infinity, which JSON does not have, at byte 2");
    }

    #[test]
    fn goes_down_128_levels_and_no_further() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let depth = usize::from(DEPTH_MAX);
        assert_eq!(check(&nested(depth)), Ok(()));
        assert_eq!(mistake(&nested(depth + 1)), "more than 128 levels of arrays and objects at byte 128");
        assert_eq!(mistake(&"{\"a\":".repeat(100_000)), "more than 128 levels of arrays and objects at byte 640");
        assert_eq!(check(&format!("[{}]", vec![nested(depth - 1); 3].join(","))), Ok(()));
    }
}
