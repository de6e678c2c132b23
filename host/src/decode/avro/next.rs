//! The next value of a record, for any column.

use super::numbers::{each, float32, float32s, float64, float64s};
use super::schema::{Place, Type};
use super::value::Value;
use super::{vector, write};
use crate::batch::{Element, Type as ColumnType, VectorType};
use crate::decode::columns::{Lists, NextValue};
use crate::json::{Mistake, Unread, from_base64};

impl NextValue for Value<'_> {
    const FORMAT: &'static str = "Avro of its schema";

    fn skip_null(&mut self) -> Result<bool, Mistake> {
        Ok(*self.resolve()? == Type::Null)
    }

    fn skip(&mut self) -> Result<(), Mistake> {
        self.pass()
    }

    fn column_type(&self) -> Result<Option<ColumnType>, Mistake> {
        let ty = self.clone().resolve()?;
        Ok(Some(match (ty, scalar(ty)) {
            (_, Some(ty)) => ty,
            (Type::Array(item), _) => element(self, *item).map_or(ColumnType::Json, ColumnType::Array),
            _ => ColumnType::Json,
        }))
    }

    fn read_bool(&mut self) -> Result<bool, Unread> {
        match self.resolve()? {
            Type::Bool => Ok(self.wire.bool()?),
            other => Err(Unread::misfit(self.wire.at(), other.kind())),
        }
    }

    fn read_int(&mut self) -> Result<i64, Unread> {
        let ty = self.resolve()?;
        match self.integer(ty)? {
            Some(integer) => Ok(integer),
            None => self.number(ty, |number| number.i64()),
        }
    }

    fn read_float32(&mut self) -> Result<f32, Unread> {
        float32(self)
    }

    fn read_float64(&mut self, exact: bool) -> Result<f64, Unread> {
        float64(self, exact)
    }

    fn read_text(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        let text = self.text(ty)?;
        if *ty != Type::Text {
            self.wire.spend(text.len())?;
        }
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Of a text, the bytes that it stands for in base64.
    fn read_bytes(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        let at = self.wire.at();
        match (ty, self.bytes(ty)?) {
            (_, Some(bytes)) => out.extend_from_slice(bytes),
            (Type::Text, _) => {
                if !from_base64(self.wire.text()?, out) {
                    return Err(Unread::misfit(at, "a text that is no base64"));
                }
            }
            (other, _) => return Err(Unread::misfit(at, other.kind())),
        }
        Ok(())
    }

    fn read_json(&mut self, out: &mut Vec<u8>) -> Result<(), Unread> {
        let mut text = String::new();
        write::write(self, &mut text)?;
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn read_bools(&mut self, out: &mut Vec<bool>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        each(self, ty, |value| {
            out.push(value.read_bool()?);
            Ok(())
        })
    }

    fn read_ints(&mut self, out: &mut Vec<i64>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        each(self, ty, |value| {
            out.push(value.read_int()?);
            Ok(())
        })
    }

    fn read_float32s(&mut self, out: &mut Vec<f32>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        float32s(self, ty, out)
    }

    fn read_float64s(&mut self, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        float64s(self, ty, exact, out)
    }

    fn read_texts(&mut self, out: &mut Lists<Vec<u8>>) -> Result<(), Unread> {
        let ty = self.resolve()?;
        each(self, ty, |value| out.add(|bytes| value.read_text(bytes)))
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

/// The column that values of a type go to, where they are scalars.
fn scalar(ty: &Type) -> Option<ColumnType> {
    Some(match ty {
        Type::Bool => ColumnType::Bool,
        Type::Int | Type::Long | Type::Date | Type::Time(_) | Type::Timestamp { .. } => ColumnType::Int,
        Type::Float => ColumnType::Float32,
        Type::Double => ColumnType::Float64,
        Type::Bytes | Type::Fixed(_) => ColumnType::Bytes,
        Type::Text | Type::Enum(_) | Type::Decimal { .. } | Type::Uuid | Type::Duration => ColumnType::Text,
        Type::Null | Type::Array(_) | Type::Map(_) | Type::Record(_) | Type::Union(_) => return None,
    })
}

/// What the items of an array are in an array column. One that is null has no place there, but the others do.
fn element(value: &Value<'_>, item: Place) -> Option<Element> {
    let ty = match value.schema.get(item) {
        Type::Union(branches) => {
            let mut values = branches.iter().map(|branch| value.schema.get(*branch)).filter(|ty| **ty != Type::Null);
            values.next().filter(|_| values.next().is_none())?
        }
        ty => ty,
    };
    match scalar(ty)? {
        ColumnType::Bool => Some(Element::Bool),
        ColumnType::Int => Some(Element::Int),
        ColumnType::Float32 => Some(Element::Float32),
        ColumnType::Float64 => Some(Element::Float64),
        ColumnType::Text => Some(Element::Text),
        _ => None,
    }
}
