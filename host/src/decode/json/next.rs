//! The next value of a JSON text, for any column.

use super::infer;
use crate::batch::{Type, VectorType};
use crate::decode::columns::{Lists, NextValue};
use crate::json::{self, Kind, Mistake, Number, Scanner, Unread, from_base64};
use crate::vector;

impl NextValue for Scanner<'_> {
    const FORMAT: &'static str = "JSON";

    fn skip_null(&mut self) -> Result<bool, Mistake> {
        let is_null = self.kind()? == Kind::Null;
        if is_null {
            self.null()?;
        }
        Ok(is_null)
    }

    fn skip(&mut self) -> Result<(), Mistake> {
        self.value().map(drop)
    }

    fn column_type(&self) -> Result<Option<Type>, Mistake> {
        infer::type_of(self)
    }

    fn read_bool(&mut self) -> Result<bool, Unread> {
        self.expect(Kind::Bool)?;
        Ok(self.bool()?)
    }

    fn read_int(&mut self) -> Result<i64, Unread> {
        number(self, Number::i64)
    }

    fn read_float32(&mut self) -> Result<f32, Unread> {
        number(self, Number::f32)
    }

    fn read_float64(&mut self, exact: bool) -> Result<f64, Unread> {
        if exact { number(self, Number::exact_f64) } else { number(self, Number::f64) }
    }

    fn read_text(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        self.expect(Kind::Text)?;
        self.text()?.append_to(out);
        Ok(())
    }

    /// The bytes that a text stands for in base64.
    fn read_bytes(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        self.expect(Kind::Text)?;
        let at = self.at();
        if from_base64(&self.text()?.value(), out) {
            Ok(())
        } else {
            Err(Unread::misfit(at, "a text that is no base64"))
        }
    }

    fn read_json(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        out.extend_from_slice(self.value()?.as_bytes());
        Ok(())
    }

    fn read_bools(&mut self, out: &mut Vec<bool>) -> Result<(), Unread> {
        array(self, |scanner| {
            out.push(scanner.read_bool()?);
            Ok(())
        })
    }

    fn read_ints(&mut self, out: &mut Vec<i64>) -> Result<(), Unread> {
        json::i64s(self, out)
    }

    fn read_float32s(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        json::f32s(self, out)
    }

    fn read_float64s(&mut self, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread> {
        if exact { json::exact_f64s(self, out) } else { json::f64s(self, out) }
    }

    fn read_texts(&mut self, out: &mut Lists<Vec<u8>>) -> Result<(), Unread> {
        array(self, |scanner| out.add(|bytes| scanner.read_text(bytes)))
    }

    fn read_vector(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        vector::floats(self, out)
    }

    fn read_packed_vector(&mut self, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
        vector::packed(self, ty, out)
    }

    fn read_sparse_vector(&mut self, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
        vector::pairs(self, out)
    }
}

/// A number that `read` takes.
fn number<'a, T>(scanner: &mut Scanner<'a>, read: fn(Number<'a>) -> Result<T, &'static str>) -> Result<T, Unread> {
    scanner.expect(Kind::Number)?;
    let at = scanner.at();
    read(scanner.number()?).map_err(|unfit| Unread::misfit(at, unfit))
}

/// Reads each element of an array.
fn array<'a>(
    scanner: &mut Scanner<'a>,
    mut read: impl FnMut(&mut Scanner<'a>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    scanner.expect(Kind::Array)?;
    scanner.open()?;
    while scanner.next_element()? {
        read(scanner).map_err(|unread| unread.within(Kind::Array))?;
    }
    Ok(())
}
