//! The next value of a text, for any column: what it is worth exactly, or not that column's.

use super::Text;
use crate::batch::{Type, VectorType};
use crate::decode::columns::{Lists, NextValue};
use crate::json::{self, Kind, Misfit, Mistake, Number, Scanner, Unread, from_base64};
use crate::vector;

impl<'a> NextValue for Text<'a> {
    const FORMAT: &'static str = "text";

    fn skip_null(&mut self) -> Result<bool, Mistake> {
        Ok(self.is_missing)
    }

    fn skip(&mut self) -> Result<(), Mistake> {
        Ok(())
    }

    /// It is a text where nobody says what else: "007" need not be a number.
    fn column_type(&self) -> Result<Option<Type>, Mistake> {
        Ok(Some(Type::Text))
    }

    fn read_bool(&mut self) -> Result<bool, Unread> {
        let text = self.text.trim_ascii();
        if text.eq_ignore_ascii_case("true") {
            Ok(true)
        } else if text.eq_ignore_ascii_case("false") {
            Ok(false)
        } else {
            Err(Unread::misfit(self.at, "a text that is neither true nor false"))
        }
    }

    fn read_int(&mut self) -> Result<i64, Unread> {
        self.number(Number::i64)
    }

    fn read_float32(&mut self) -> Result<f32, Unread> {
        self.number(Number::f32)
    }

    fn read_float64(&mut self, exact: bool) -> Result<f64, Unread> {
        if exact { self.number(Number::exact_f64) } else { self.number(Number::f64) }
    }

    fn read_text(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        out.extend_from_slice(self.text.as_bytes());
        Ok(())
    }

    /// The bytes that it stands for in base64.
    fn read_bytes(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        if from_base64(self.text, out) { Ok(()) } else { Err(Unread::misfit(self.at, "a text that is no base64")) }
    }

    /// An object or an array is what it is, any other text a text.
    fn read_json(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let mut scanner = Scanner::new(self.text);
        if let Ok(Kind::Object | Kind::Array) = scanner.kind()
            && let Ok(json) = scanner.value()
            && scanner.end().is_ok()
        {
            out.extend_from_slice(json.as_bytes());
        } else {
            let mut quoted = String::new();
            json::quote(self.text, &mut quoted);
            out.extend_from_slice(quoted.as_bytes());
        }
        Ok(())
    }

    fn read_bools(&mut self, out: &mut Vec<bool>) -> Result<(), Unread> {
        self.array(|scanner| scanner.read_bools(out))
    }

    fn read_ints(&mut self, out: &mut Vec<i64>) -> Result<(), Unread> {
        self.array(|scanner| scanner.read_ints(out))
    }

    fn read_float32s(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        self.array(|scanner| scanner.read_float32s(out))
    }

    fn read_float64s(&mut self, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread> {
        self.array(|scanner| scanner.read_float64s(exact, out))
    }

    fn read_texts(&mut self, out: &mut Lists<Vec<u8>>) -> Result<(), Unread> {
        self.array(|scanner| scanner.read_texts(out))
    }

    fn read_vector(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        vector::floats_in(self.text, out).map_err(|unfit| Unread::misfit(self.at, unfit))
    }

    fn read_packed_vector(&mut self, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
        vector::packed_in(self.text, ty, out).map_err(|unfit| Unread::misfit(self.at, unfit))
    }

    fn read_sparse_vector(&mut self, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
        vector::pairs_in(self.text, out).map_err(|unfit| Unread::misfit(self.at, unfit))
    }
}

impl<'a> Text<'a> {
    /// A number as JSON writes it, that `read` takes.
    fn number<T>(&self, read: fn(Number<'a>) -> Result<T, &'static str>) -> Result<T, Unread> {
        let mut scanner = Scanner::new(self.text);
        let number = match scanner.kind() {
            Ok(Kind::Number) => scanner.number().ok().filter(|_| scanner.end().is_ok()),
            _ => None,
        };
        let number = number.ok_or("a text that is no number").and_then(read);
        number.map_err(|unfit| Unread::misfit(self.at, unfit))
    }

    /// An array in JSON, and nothing else.
    fn array(&self, read: impl FnOnce(&mut Scanner<'_>) -> Result<(), Unread>) -> Result<(), Unread> {
        let mut scanner = Scanner::new(self.text);
        match read(&mut scanner).and_then(|()| Ok(scanner.end()?)) {
            Ok(()) => Ok(()),
            Err(Unread::Misfit(misfit)) if misfit.within.is_some() => {
                Err(Unread::Misfit(Misfit { at: self.at, ..misfit }))
            }
            Err(_) => Err(Unread::misfit(self.at, "a text that is no array in JSON")),
        }
    }
}
