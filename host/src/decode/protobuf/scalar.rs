//! Single values, and what a column wants of them.

use std::borrow::Cow;

use super::schema::{Schema, Ty};
use super::wire::{Data, Item};
use crate::decode::varint::unzigzag;
use crate::json::{Mistake, Unread};

/// What a message calls a number that is beyond 32-bit floats, as JSON's has it.
const BEYOND_32: &str = "a number beyond 32-bit floats";

/// A value that is no message.
#[derive(Debug, Clone)]
pub(super) enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f32),
    Double(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
    /// The name of its number, where it has one.
    Symbol(i32, Option<&'a str>),
}

impl<'a> Scalar<'a> {
    /// The value of a piece of that type; without one its zero. None for a message.
    pub(super) fn of(schema: &'a Schema, ty: Ty, item: Option<Item<'a>>) -> Result<Option<Self>, Mistake> {
        let data = item.map(|item| item.data);
        let bits = match data {
            Some(Data::Varint(bits)) => bits,
            Some(Data::Four(bytes)) => u32::from_le_bytes(bytes).into(),
            Some(Data::Eight(bytes)) => u64::from_le_bytes(bytes),
            _ => 0,
        };
        let bytes = match data {
            Some(Data::Bytes(bytes)) => bytes,
            _ => &[],
        };
        Ok(Some(match ty {
            Ty::Bool => Self::Bool(bits != 0),
            // Numbers of 32 bits are cut off, as other readers of Protobuf do.
            Ty::Int32 | Ty::Sfixed32 => Self::Int((bits as i32).into()),
            Ty::Int64 | Ty::Sfixed64 => Self::Int(bits.cast_signed()),
            Ty::Uint32 | Ty::Fixed32 => Self::Int((bits as u32).into()),
            Ty::Uint64 | Ty::Fixed64 => Self::Uint(bits),
            Ty::Sint32 => Self::Int((unzigzag((bits as u32).into()) as i32).into()),
            Ty::Sint64 => Self::Int(unzigzag(bits)),
            Ty::Float => Self::Float(f32::from_bits(bits as u32)),
            Ty::Double => Self::Double(f64::from_bits(bits)),
            Ty::Text => {
                let start = item.map_or(0, |item| item.at);
                let text = std::str::from_utf8(bytes)
                    .map_err(|error| Mistake { at: start + error.valid_up_to(), what: "a text that is not UTF-8" })?;
                Self::Text(Cow::Borrowed(text))
            }
            Ty::Bytes => Self::Bytes(bytes),
            Ty::Enum(place) => Self::Symbol(bits as i32, schema.enums[place].name(bits as i32)),
            Ty::Message(_) | Ty::Group(_) => return Ok(None),
        }))
    }

    /// For messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Uint(_) => "an integer",
            Self::Float(_) | Self::Double(_) => "a float",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Symbol(_, Some(_)) => "an enum",
            Self::Symbol(_, None) => "a number that the enum has no name for",
        }
    }

    pub(super) fn bool(self, at: usize) -> Result<bool, Unread> {
        match self {
            Self::Bool(value) => Ok(value),
            other => Err(Unread::misfit(at, other.kind())),
        }
    }

    pub(super) fn int(self, at: usize) -> Result<i64, Unread> {
        match self {
            Self::Int(number) => Ok(number),
            Self::Uint(number) => i64::try_from(number).map_err(|_| Unread::misfit(at, "an integer beyond 64 bits")),
            Self::Symbol(number, _) => Ok(number.into()),
            other => Err(Unread::misfit(at, other.kind())),
        }
    }

    pub(super) fn float32(self, at: usize) -> Result<f32, Unread> {
        match self {
            Self::Int(number) => Ok(number as f32),
            Self::Uint(number) => Ok(number as f32),
            Self::Float(number) => Ok(number),
            Self::Double(number) => {
                let rounded = number as f32;
                let fits = rounded.is_finite() || !number.is_finite();
                if fits { Ok(rounded) } else { Err(Unread::misfit(at, BEYOND_32)) }
            }
            other => Err(Unread::misfit(at, other.kind())),
        }
    }

    pub(super) fn float64(self, exact: bool, at: usize) -> Result<f64, Unread> {
        let (float, integer) = match self {
            Self::Int(number) => (number as f64, i128::from(number)),
            Self::Uint(number) => (number as f64, i128::from(number)),
            Self::Float(number) => return Ok(number.into()),
            Self::Double(number) => return Ok(number),
            other => return Err(Unread::misfit(at, other.kind())),
        };
        if exact && float as i128 != integer {
            return Err(Unread::misfit(at, "an integer that no 64-bit float equals"));
        }
        Ok(float)
    }

    pub(super) fn text(self, at: usize) -> Result<Cow<'a, str>, Unread> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Symbol(_, Some(name)) => Ok(Cow::Borrowed(name)),
            other => Err(Unread::misfit(at, other.kind())),
        }
    }
}
