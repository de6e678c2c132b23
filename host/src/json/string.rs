//! Strings: escapes and quotes.

use std::borrow::Cow;
use std::fmt::Write;

use super::Mistake;

/// A string as it stands in a JSON text, its escapes known to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quoted<'a> {
    /// What stands between the quotes.
    inner: &'a str,
    escaped: bool,
}

/// Appends a text as a JSON string, with its quotes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[copied..at]);
        copied = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => write!(out, "\\u{byte:04x}").expect("writing to a String"),
        }
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

impl<'a> Quoted<'a> {
    /// The string whose first quote is at `start`.
    pub(super) fn at_start_of(bytes: &'a [u8], start: usize) -> Result<Self, Mistake> {
        let mut at = start + 1;
        let mut escaped = false;
        loop {
            at += plain(&bytes[at..]);
            match bytes.get(at) {
                Some(b'"') => {
                    let inner = std::str::from_utf8(&bytes[start + 1..at]).map_err(|error| Mistake {
                        at: start + 1 + error.valid_up_to(),
                        what: "a string that is not UTF-8",
                    })?;
                    return Ok(Self { inner, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    at += escape(bytes, at)?.1;
                }
                Some(_) => {
                    return Err(Mistake { at, what: "a control character in a string, not escaped," });
                }
                None => {
                    return Err(Mistake { at, what: "the text ends within a string" });
                }
            }
        }
    }

    /// Bytes that it takes in the JSON text.
    pub(super) fn len(&self) -> usize {
        self.inner.len() + 2
    }

    /// The string that it stands for.
    pub(crate) fn value(&self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.inner);
        }
        let mut value = String::with_capacity(self.inner.len());
        self.pieces(|piece| value.push_str(piece));
        Cow::Owned(value)
    }

    /// Appends the string that it stands for, which is never longer than its JSON.
    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        if self.escaped {
            self.pieces(|piece| out.extend_from_slice(piece.as_bytes()));
        } else {
            out.extend_from_slice(self.inner.as_bytes());
        }
    }

    /// True where it stands for that string.
    pub(crate) fn is(&self, string: &str) -> bool {
        if self.escaped { self.value() == string } else { self.inner == string }
    }

    /// Hands on what stands between the escapes, and what each of them stands for.
    fn pieces(&self, mut piece: impl FnMut(&str)) {
        let mut rest = self.inner;
        while let Some(at) = rest.find('\\') {
            let (character, len) = escape(rest.as_bytes(), at).expect("the escapes have been checked");
            piece(&rest[..at]);
            piece(character.encode_utf8(&mut [0; 4]));
            rest = &rest[at + len..];
        }
        piece(rest);
    }
}

/// How many bytes are in front of the first one that is a quote, an escape or a control character. Long strings, as of
/// base64, go by in blocks.
fn plain(bytes: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let is_special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    let is_plain = |block: &&[u8]| !block.iter().fold(false, |any, byte| any | is_special(byte));
    let blocks = BLOCK * bytes.chunks_exact(BLOCK).take_while(is_plain).count();
    bytes[blocks..].iter().position(is_special).map_or(bytes.len(), |at| blocks + at)
}

/// The character of the escape whose backslash is at `at`, and the bytes that it takes.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), Mistake> {
    let character = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, at),
        None => {
            return Err(Mistake { at: at + 1, what: "the text ends within a string" });
        }
        Some(_) => {
            return Err(Mistake { at, what: "an escape that JSON does not have" });
        }
    };
    Ok((character, 2))
}

/// The same for `\uXXXX`; a character beyond 16 bits takes two of them.
fn unicode_escape(bytes: &[u8], at: usize) -> Result<(char, usize), Mistake> {
    let lone = Mistake { at, what: "an escape that is half a surrogate pair" };
    let unit = code_unit(bytes, at)?;
    match unit {
        0xd800..0xdc00 if bytes[at + 6..].starts_with(b"\\u") => {
            let low = code_unit(bytes, at + 6)?;
            let pair = char::decode_utf16([unit, low]).next().expect("there are two units");
            Ok((pair.map_err(|_| lone)?, 12))
        }
        _ => Ok((char::from_u32(u32::from(unit)).ok_or(lone)?, 6)),
    }
}

fn code_unit(bytes: &[u8], at: usize) -> Result<u16, Mistake> {
    let digits = bytes.get(at + 2..at + 6).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    unit.ok_or(Mistake { at, what: "`\\u` without four hexadecimal digits" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{check, text};

    fn mistake(text: &str) -> String {
        check(text).expect_err(text).to_string()
    }

    #[test]
    fn reads_every_escape() {
        let value = text(r#""\" \\ \/ \b \f \n \r \t \u00e9 \u20AC \ud83d\ude00 \u0000""#);
        assert_eq!(value.as_deref(), Some("\" \\ / \u{8} \u{c} \n \r \t é € 😀 \0"));
        assert_eq!(text("\"é € 😀 \u{7f}\"").as_deref(), Some("é € 😀 \u{7f}"));
        assert!(matches!(text("\"plain\""), Some(Cow::Borrowed("plain"))), "nothing is copied without need");
    }

    #[test]
    fn rejects_what_no_string_may_have() {
        assert_eq!(mistake(r#""abc"#), "the text ends within a string at byte 4");
        assert_eq!(mistake(r#""abc\"#), "the text ends within a string at byte 5");
        assert_eq!(mistake("\"a\tb\""), "a control character in a string, not escaped, at byte 2");
        assert_eq!(mistake(r#""a\x""#), "an escape that JSON does not have at byte 2");
        assert_eq!(mistake(r#""\u12"#), "`\\u` without four hexadecimal digits at byte 1");
        assert_eq!(mistake(r#""\u12g4""#), "`\\u` without four hexadecimal digits at byte 1");
        assert_eq!(mistake(r#""\u+123""#), "`\\u` without four hexadecimal digits at byte 1");
    }

    #[test]
    fn rejects_half_a_surrogate_pair() {
        for text in [r#""\ud83d""#, r#""\ud83d rest""#, r#""\ude00\ud83d""#, r#""\ud83d\u0041""#, r#""\ud83d\n""#] {
            assert_eq!(mistake(text), "an escape that is half a surrogate pair at byte 1");
        }
        assert_eq!(mistake(r#""\ud83d\u12""#), "`\\u` without four hexadecimal digits at byte 7");
    }

    #[test]
    fn what_is_quoted_reads_back() {
        for string in ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}", "é€😀", "ends with \\"] {
            let mut quoted = String::from("x");
            quote(string, &mut quoted);
            assert_eq!(check(&quoted[1..]), Ok(()));
            assert_eq!(text(&quoted[1..]).as_deref(), Some(string));
        }
    }
}
