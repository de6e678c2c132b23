//! A field's value, for any column. It is bounded on all sides, so nothing has to be gone behind.

use super::scalar::Scalar;
use super::schema::{Meaning, Shape, Ty};
use super::value::Value;
use super::vector;
use super::wire::Data;
use super::write::write;
use crate::batch::{Element, Type, VectorType};
use crate::decode::columns::{Lists, NextValue};
use crate::json::{Mistake, Unread, from_base64};

impl NextValue for Value<'_> {
    const FORMAT: &'static str = "Protobuf of its schema";

    fn skip_null(&mut self) -> Result<bool, Mistake> {
        Ok(self.shape == Shape::Explicit && self.pieces.is_empty())
    }

    fn skip(&mut self) -> Result<(), Mistake> {
        Ok(())
    }

    fn column_type(&self) -> Result<Option<Type>, Mistake> {
        let ty = scalar(self);
        Ok(Some(match self.shape {
            Shape::Implicit | Shape::Explicit => ty.unwrap_or(Type::Json),
            Shape::Map => Type::Json,
            Shape::Repeated => match ty {
                Some(Type::Bool) => Type::Array(Element::Bool),
                Some(Type::Int) => Type::Array(Element::Int),
                Some(Type::Float32) => Type::Array(Element::Float32),
                Some(Type::Float64) => Type::Array(Element::Float64),
                Some(Type::Text) => Type::Array(Element::Text),
                _ => Type::Json,
            },
        }))
    }

    fn read_bool(&mut self) -> Result<bool, Unread> {
        self.scalar()?.bool(self.at())
    }

    fn read_int(&mut self) -> Result<i64, Unread> {
        self.scalar()?.int(self.at())
    }

    fn read_float32(&mut self) -> Result<f32, Unread> {
        self.scalar()?.float32(self.at())
    }

    fn read_float64(&mut self, exact: bool) -> Result<f64, Unread> {
        self.scalar()?.float64(exact, self.at())
    }

    fn read_text(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let text = self.scalar()?.text(self.at())?;
        self.spend(text.len())?;
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Of a text, the bytes that it stands for in base64.
    fn read_bytes(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        match self.scalar()? {
            Scalar::Bytes(bytes) => out.extend_from_slice(bytes),
            Scalar::Text(text) => {
                if !from_base64(&text, out) {
                    return Err(Unread::misfit(self.at(), "a text that is no base64"));
                }
            }
            other => return Err(Unread::misfit(self.at(), other.kind())),
        }
        Ok(())
    }

    fn read_json(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let mut text = String::new();
        write(self, &mut text)?;
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn read_bools(&mut self, out: &mut Vec<bool>) -> Result<(), Unread> {
        self.each(|scalar, at| {
            out.push(scalar.bool(at)?);
            Ok(())
        })
    }

    fn read_ints(&mut self, out: &mut Vec<i64>) -> Result<(), Unread> {
        self.each(|scalar, at| {
            out.push(scalar.int(at)?);
            Ok(())
        })
    }

    /// Packed floats lie as they do in memory, and are copied at once.
    fn read_float32s(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        if self.shape != Shape::Repeated || self.ty != Ty::Float {
            return self.each(|scalar, at| {
                out.push(scalar.float32(at)?);
                Ok(())
            });
        }
        for (_, item) in self.pieces {
            match item.data {
                Data::Bytes(bytes) => {
                    let (numbers, rest) = bytes.as_chunks::<4>();
                    if !rest.is_empty() {
                        let what = "packed floats that are no whole number of them";
                        return Err(Unread::Mistake(Mistake { at: item.at, what }));
                    }
                    out.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                }
                Data::Four(bytes) => out.push(f32::from_le_bytes(bytes)),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_float64s(&mut self, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread> {
        self.each(|scalar, at| {
            out.push(scalar.float64(exact, at)?);
            Ok(())
        })
    }

    fn read_texts(&mut self, out: &mut Lists<Vec<u8>>) -> Result<(), Unread> {
        let whole = *self;
        self.each(|scalar, at| {
            let text = scalar.text(at)?;
            whole.spend(text.len())?;
            out.add(|bytes| {
                bytes.extend_from_slice(text.as_bytes());
                Ok(())
            })
        })
    }

    fn read_vector(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        vector::floats(self, out)
    }

    fn read_packed_vector(&mut self, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread> {
        vector::packed(self, ty, out)
    }

    fn read_sparse_vector(&mut self, out: &mut Vec<(u32, f32)>) -> Result<(), Unread> {
        vector::sparse(self, out)
    }
}

/// The column that one value goes to; none of a message.
fn scalar(value: &Value<'_>) -> Option<Type> {
    let ty = match value.meaning() {
        Meaning::Timestamp | Meaning::Duration => return Some(Type::Text),
        Meaning::Wrapper => value.fields().first()?.ty,
        _ => value.ty,
    };
    Some(match ty {
        Ty::Bool => Type::Bool,
        Ty::Float => Type::Float32,
        Ty::Double => Type::Float64,
        Ty::Text | Ty::Enum(_) => Type::Text,
        Ty::Bytes => Type::Bytes,
        Ty::Message(_) | Ty::Group(_) => return None,
        _ => Type::Int,
    })
}
