//! Reads MessagePack's own types from a payload.

use kiteline_plugin_columns::tokens::{Fault, Token, Tokens};
use rmp::Marker;

use crate::timestamp;

/// The payload and how far it is read.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn text(&mut self, length: usize) -> Result<Token<'a>, Fault> {
        let start = self.at;
        let text = std::str::from_utf8(self.slice(length)?);
        text.map(|text| Token::Text(text.into()))
            .map_err(|error| Fault::new(start + error.valid_up_to(), "a text is not UTF-8"))
    }

    /// A timestamp is a text; no field can hold another extension type.
    fn extension(&mut self, start: usize, length: usize) -> Result<Token<'a>, Fault> {
        let ty = i8::from_be_bytes(self.take()?);
        let data = self.slice(length)?;
        if ty != timestamp::TYPE {
            return Err(Fault::new(start, format!("no field holds extension type {ty}")));
        }
        let text = timestamp::text(data).ok_or_else(|| Fault::new(start, "no timestamp of the years 0 to 9999"))?;
        Ok(Token::Text(text.into()))
    }

    /// The length of a container, each of whose elements takes so many bytes or more: a few bytes must not claim a
    /// memory full of elements.
    fn holding(&self, length: usize, bytes: usize) -> Result<usize, Fault> {
        let left = self.bytes.len() - self.at;
        if length > left / bytes { Err(self.too_short()) } else { Ok(length) }
    }

    fn length8(&mut self) -> Result<usize, Fault> {
        self.take().map(|bytes| u8::from_be_bytes(bytes).into())
    }

    fn length16(&mut self) -> Result<usize, Fault> {
        self.take().map(|bytes| u16::from_be_bytes(bytes).into())
    }

    fn length32(&mut self) -> Result<usize, Fault> {
        self.take().map(|bytes| u32::from_be_bytes(bytes) as usize)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.bytes[self.at..].first_chunk().ok_or_else(|| self.too_short())?;
        self.at += N;
        Ok(*bytes)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let bytes = self.bytes[self.at..].get(..length).ok_or_else(|| self.too_short())?;
        self.at += length;
        Ok(bytes)
    }

    fn too_short(&self) -> Fault {
        Fault::new(self.bytes.len(), "the payload ends in the middle of a value")
    }
}

impl<'a> Tokens<'a> for Reader<'a> {
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
        match rest.first().map(|marker| Marker::from_u8(*marker)) {
            Some(Marker::F32) => {
                let (floats, _) = rest.as_chunks::<5>();
                let floats = floats.iter().take(most).take_while(|float| float[0] == rest[0]);
                out.extend(floats.map(|[_, float @ ..]| f32::from_be_bytes(*float)));
                self.at += (out.len() - before) * 5;
            }
            Some(Marker::F64) => {
                let (floats, _) = rest.as_chunks::<9>();
                let floats = floats.iter().take(most).take_while(|float| float[0] == rest[0]);
                out.extend(floats.map(|[_, float @ ..]| f64::from_be_bytes(*float) as f32));
                self.at += (out.len() - before) * 9;
            }
            _ => {}
        }
    }

    fn token(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at;
        let [marker] = self.take()?;
        Ok(match Marker::from_u8(marker) {
            Marker::Null => Token::Nil,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(number) => Token::Int(number.into()),
            Marker::FixNeg(number) => Token::Int(number.into()),
            Marker::U8 => Token::Int(u8::from_be_bytes(self.take()?).into()),
            Marker::U16 => Token::Int(u16::from_be_bytes(self.take()?).into()),
            Marker::U32 => Token::Int(u32::from_be_bytes(self.take()?).into()),
            Marker::U64 => {
                let number = u64::from_be_bytes(self.take()?);
                i64::try_from(number).map_or(Token::Large(number), Token::Int)
            }
            Marker::I8 => Token::Int(i8::from_be_bytes(self.take()?).into()),
            Marker::I16 => Token::Int(i16::from_be_bytes(self.take()?).into()),
            Marker::I32 => Token::Int(i32::from_be_bytes(self.take()?).into()),
            Marker::I64 => Token::Int(i64::from_be_bytes(self.take()?)),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.take()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.take()?)),
            Marker::FixStr(length) => self.text(length.into())?,
            Marker::Str8 => self.length8().and_then(|length| self.text(length))?,
            Marker::Str16 => self.length16().and_then(|length| self.text(length))?,
            Marker::Str32 => self.length32().and_then(|length| self.text(length))?,
            Marker::Bin8 => self.length8().and_then(|length| self.slice(length)).map(Token::Bytes)?,
            Marker::Bin16 => self.length16().and_then(|length| self.slice(length)).map(Token::Bytes)?,
            Marker::Bin32 => self.length32().and_then(|length| self.slice(length)).map(Token::Bytes)?,
            Marker::FixArray(length) => self.holding(length.into(), 1).map(Token::Array)?,
            Marker::Array16 => self.length16().and_then(|length| self.holding(length, 1)).map(Token::Array)?,
            Marker::Array32 => self.length32().and_then(|length| self.holding(length, 1)).map(Token::Array)?,
            Marker::FixMap(length) => self.holding(length.into(), 2).map(Token::Map)?,
            Marker::Map16 => self.length16().and_then(|length| self.holding(length, 2)).map(Token::Map)?,
            Marker::Map32 => self.length32().and_then(|length| self.holding(length, 2)).map(Token::Map)?,
            Marker::FixExt1 => self.extension(start, 1)?,
            Marker::FixExt2 => self.extension(start, 2)?,
            Marker::FixExt4 => self.extension(start, 4)?,
            Marker::FixExt8 => self.extension(start, 8)?,
            Marker::FixExt16 => self.extension(start, 16)?,
            Marker::Ext8 => self.length8().and_then(|length| self.extension(start, length))?,
            Marker::Ext16 => self.length16().and_then(|length| self.extension(start, length))?,
            Marker::Ext32 => self.length32().and_then(|length| self.extension(start, length))?,
            Marker::Reserved => return Err(Fault::new(start, "no value begins so")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Reader, Token, Tokens};

    fn token(bytes: &[u8]) -> Result<Token<'_>, Fault> {
        Reader::new(bytes).token()
    }

    #[test]
    fn every_form_of_an_integer_is_read() {
        let forms: [(&[u8], i64); 10] = [
            (&[0x07], 7),
            (&[0xe0], -32),
            (&[0xcc, 0xff], 255),
            (&[0xcd, 0xff, 0xff], 65_535),
            (&[0xce, 0xff, 0xff, 0xff, 0xff], 4_294_967_295),
            (&[0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], i64::MAX),
            (&[0xd0, 0x80], -128),
            (&[0xd1, 0x80, 0x00], -32_768),
            (&[0xd2, 0x80, 0x00, 0x00, 0x00], -2_147_483_648),
            (&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], i64::MIN),
        ];
        for (bytes, int) in forms {
            assert_eq!(token(bytes), Ok(Token::Int(int)));
        }
        assert_eq!(token(&[0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0]), Ok(Token::Large(1 << 63)));
    }

    #[test]
    fn every_form_of_a_text_and_of_bytes_is_read() {
        let text = |head: &[u8]| token(&[head, b"ab"].concat()) == Ok(Token::Text("ab".into()));
        assert!(text(&[0xa2]) && text(&[0xd9, 2]) && text(&[0xda, 0, 2]) && text(&[0xdb, 0, 0, 0, 2]));
        let bytes = |head: &[u8]| token(&[head, b"ab"].concat()) == Ok(Token::Bytes(b"ab"));
        assert!(bytes(&[0xc4, 2]) && bytes(&[0xc5, 0, 2]) && bytes(&[0xc6, 0, 0, 0, 2]));
    }

    #[test]
    fn a_payload_that_ends_early_is_a_fault_at_its_end() {
        for bytes in [&[][..], &[0xcd, 1], &[0xa3, b'a'], &[0xdd, 0xff, 0xff, 0xff, 0xff], &[0x81], &[0xd6, 0xff]] {
            let fault = Fault::new(bytes.len(), "the payload ends in the middle of a value");
            assert_eq!(token(bytes), Err(fault), "{bytes:?}");
        }
    }

    #[test]
    fn a_text_that_is_not_utf_8_is_a_fault_where_it_ceases_to_be() {
        let fault = token(&[0xa3, b'a', 0xff, b'b']).expect_err("0xff is in no text");
        assert_eq!(fault.to_string(), "byte 2: a text is not UTF-8");
    }

    #[test]
    fn extension_types_are_faults_but_for_timestamps() {
        let fault = token(&[0xd4, 5, 0]).expect_err("type 5 is unknown");
        assert_eq!(fault.to_string(), "byte 0: no field holds extension type 5");
        assert_eq!(token(&[0xd6, 0xff, 0, 0, 0, 0]), Ok(Token::Text("1970-01-01T00:00:00Z".into())));
    }

    #[test]
    fn the_byte_that_the_format_never_uses_is_a_fault() {
        assert_eq!(token(&[0xc1]).expect_err("reserved").to_string(), "byte 0: no value begins so");
    }

    #[test]
    fn only_floats_go_the_quick_way() {
        let one = [0xca, 0x3f, 0x80, 0, 0];
        let half = [0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0];
        let bytes = [&one[..], &one, &half, &half, &[0x01], &one[..3]].concat();
        let mut reader = Reader::new(&bytes);
        let mut floats = Vec::new();
        for (most, read) in [(1, 1), (9, 2), (9, 4), (9, 4)] {
            reader.floats(most, &mut floats);
            assert_eq!(floats.len(), read);
        }
        assert_eq!((floats, reader.token()), (vec![1.0, 1.0, 0.5, 0.5], Ok(Token::Int(1))));
        let mut cut = Vec::new();
        reader.floats(9, &mut cut);
        assert!(cut.is_empty());
    }
}
