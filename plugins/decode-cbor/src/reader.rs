//! Reads CBOR's own types from a payload.

use kiteline_plugin_columns::time;
use kiteline_plugin_columns::tokens::{Fault, Token, Tokens};

/// How deep maps and arrays of unknown length may lie in each other: each level is gone through once more.
const DEPTH: usize = 16;

/// The payload and how far it is read.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the arrays and maps of unknown length end that are being read: a break stands there.
    breaks: Vec<usize>,
}

/// The first byte of an item and the number that belongs to it; none for an unknown length.
struct Head {
    major: u8,
    info: u8,
    number: Option<u64>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, breaks: Vec::new() }
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let start = self.at;
        let [first] = self.take()?;
        let (major, info) = (first >> 5, first & 31);
        let number = match info {
            0..=23 => Some(info.into()),
            24 => Some(u8::from_be_bytes(self.take()?).into()),
            25 => Some(u16::from_be_bytes(self.take()?).into()),
            26 => Some(u32::from_be_bytes(self.take()?).into()),
            27 => Some(u64::from_be_bytes(self.take()?)),
            31 if matches!(major, 2..=5 | 7) => None,
            _ => return Err(Fault::new(start, "no value begins so")),
        };
        Ok(Head { major, info, number })
    }

    fn text(&mut self, start: usize, length: Option<u64>) -> Result<Token<'a>, Fault> {
        let Some(length) = length else { return Err(Fault::new(start, "a text or bytes in pieces")) };
        let start = self.at;
        let text = std::str::from_utf8(self.slice(length)?);
        text.map(|text| Token::Text(text.into()))
            .map_err(|error| Fault::new(start + error.valid_up_to(), "a text is not UTF-8"))
    }

    /// The number of items that follow, each of which takes a byte or more: a few bytes must not claim a memory full.
    fn items(&mut self, number: Option<u64>, bytes: usize) -> Result<usize, Fault> {
        let left = self.bytes.len() - self.at;
        match number {
            Some(number) => usize::try_from(number).ok().filter(|n| *n <= left / bytes).ok_or_else(|| self.too_short()),
            None => {
                let (start, mut count) = (self.at, 0);
                while self.bytes.get(self.at) != Some(&BREAK) {
                    self.skip(DEPTH)?;
                    count += 1;
                }
                self.breaks.push(self.at);
                self.at = start;
                if count % bytes > 0 {
                    return Err(Fault::new(start, "a key without a value"));
                }
                Ok(count / bytes)
            }
        }
    }

    fn skip(&mut self, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        let Some(depth) = depth.checked_sub(1) else {
            return Err(Fault::new(start, format!("inside a map or array of unknown length, deeper than {DEPTH}")));
        };
        let Head { major, number, .. } = self.head()?;
        let inner = match (major, number) {
            (2 | 3, Some(length)) => return self.slice(length).map(drop),
            (2 | 3, None) => return Err(Fault::new(start, "a text or bytes in pieces")),
            (4, Some(count)) => count,
            (5, Some(count)) => count.saturating_mul(2),
            (4 | 5, None) => {
                while self.bytes.get(self.at) != Some(&BREAK) {
                    self.skip(depth)?;
                }
                self.at += 1;
                0
            }
            (6, _) => 1,
            _ => 0,
        };
        (0..inner).try_for_each(|_| self.skip(depth))
    }

    fn simple(&mut self, start: usize, head: &Head) -> Result<Token<'a>, Fault> {
        let number = head.number.unwrap_or_default();
        Ok(match head.info {
            20 => Token::Bool(false),
            21 => Token::Bool(true),
            22 | 23 => Token::Nil,
            25 => Token::Float(half(number as u16)),
            26 => Token::Float(f32::from_bits(number as u32).into()),
            27 => Token::Float(f64::from_bits(number)),
            _ => return Err(Fault::new(start, "a simple value without a meaning")),
        })
    }

    /// A tag says what the next value means. Of those that it does not know, the value counts.
    fn tagged(&mut self, start: usize, tag: Option<u64>) -> Result<Token<'a>, Fault> {
        // Tags may stand before tags, but not without end.
        if self.bytes.get(self.at).is_some_and(|next| next >> 5 == 6) {
            return Err(Fault::new(start, "a tag before a tag"));
        }
        let value = self.token()?;
        match (tag, value) {
            (Some(1), Token::Int(seconds)) => {
                let text = time::text(seconds, 0).ok_or_else(|| Fault::new(start, "no time of the years 0 to 9999"))?;
                Ok(Token::Text(text.into()))
            }
            (Some(2 | 3), _) => Err(Fault::new(start, "an integer of more than 64 bits")),
            (_, value) => Ok(value),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.bytes[self.at..].first_chunk().ok_or_else(|| self.too_short())?;
        self.at += N;
        Ok(*bytes)
    }

    fn slice(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = self.bytes[self.at..].get(..length).ok_or_else(|| self.too_short())?;
        self.at += length;
        Ok(bytes)
    }

    fn too_short(&self) -> Fault {
        Fault::new(self.bytes.len(), "the payload ends in the middle of a value")
    }

    /// Goes over the breaks that stand here.
    fn pass_breaks(&mut self) {
        while self.breaks.last() == Some(&self.at) {
            self.breaks.pop();
            self.at += 1;
        }
    }
}

/// Ends an array or map of unknown length.
const BREAK: u8 = 0xff;

/// An IEEE 754 half float.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

impl<'a> Tokens<'a> for Reader<'a> {
    fn token(&mut self) -> Result<Token<'a>, Fault> {
        self.pass_breaks();
        let start = self.at;
        let head = self.head()?;
        let number = head.number.unwrap_or_default();
        let token = match head.major {
            0 => i64::try_from(number).map_or(Token::Large(number), Token::Int),
            1 => match i64::try_from(number) {
                Ok(number) => Token::Int(-1 - number),
                Err(_) => return Err(Fault::new(start, "an integer of more than 64 bits")),
            },
            2 => match head.number {
                Some(length) => Token::Bytes(self.slice(length)?),
                None => return Err(Fault::new(start, "a text or bytes in pieces")),
            },
            3 => self.text(start, head.number)?,
            4 => Token::Array(self.items(head.number, 1)?),
            5 => Token::Map(self.items(head.number, 2)?),
            6 => self.tagged(start, head.number)?,
            _ => self.simple(start, &head)?,
        };
        self.pass_breaks();
        Ok(token)
    }

    fn at(&self) -> usize {
        self.at
    }

    fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn floats(&mut self, most: usize, out: &mut Vec<f32>) {
        let rest = &self.bytes[self.at..];
        let before = out.len();
        match rest.first() {
            Some(0xfa) => {
                let (floats, _) = rest.as_chunks::<5>();
                let floats = floats.iter().take(most).take_while(|float| float[0] == 0xfa);
                out.extend(floats.map(|[_, float @ ..]| f32::from_be_bytes(*float)));
                self.at += (out.len() - before) * 5;
            }
            Some(0xfb) => {
                let (floats, _) = rest.as_chunks::<9>();
                let floats = floats.iter().take(most).take_while(|float| float[0] == 0xfb);
                out.extend(floats.map(|[_, float @ ..]| f64::from_be_bytes(*float) as f32));
                self.at += (out.len() - before) * 9;
            }
            _ => {}
        }
        self.pass_breaks();
    }
}
