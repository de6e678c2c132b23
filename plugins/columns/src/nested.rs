//! What no column can hold, as JSON text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::text::push;
use crate::tokens::{Fault, Token, Tokens, key};

/// How deep maps and arrays may lie in each other.
const DEPTH: usize = 64;

/// Writes the value that begins with a token, which was read at `at`, and lies so deep.
pub(crate) fn write<'a>(
    reader: &mut impl Tokens<'a>,
    at: usize,
    token: Token<'a>,
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    match token {
        Token::Nil => push(out, ()),
        Token::Bool(value) => push(out, value),
        Token::Int(value) => push(out, value),
        Token::Large(value) => push(out, value),
        Token::Float(value) if value.is_finite() => push(out, value),
        Token::Float(_) => return Err(Fault::new(at, "JSON has no such number: not finite")),
        Token::Text(value) => push(out, value),
        Token::Bytes(value) => push(out, STANDARD.encode(value)),
        Token::Array(_) | Token::Map(_) if depth == DEPTH => {
            return Err(Fault::new(at, format!("nested deeper than {DEPTH}")));
        }
        Token::Array(length) => {
            out.push(b'[');
            for place in 0..length {
                separate(out, place);
                next(reader, depth + 1, out)?;
            }
            out.push(b']');
        }
        Token::Map(length) => {
            out.push(b'{');
            for place in 0..length {
                separate(out, place);
                let at = reader.at();
                let key = key(reader)?.ok_or_else(|| Fault::new(at, "a key is not a text"))?;
                push(out, key);
                out.push(b':');
                next(reader, depth + 1, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn next<'a>(reader: &mut impl Tokens<'a>, depth: usize, out: &mut Vec<u8>) -> Result<(), Fault> {
    let at = reader.at();
    let token = reader.token()?;
    write(reader, at, token, depth, out)
}

fn separate(out: &mut Vec<u8>, place: usize) {
    if place > 0 {
        out.push(b',');
    }
}
