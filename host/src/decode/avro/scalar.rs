//! Values that are no array and no object, as what a column wants of them.

use std::borrow::Cow;

use super::schema::{Type, Unit};
use super::text;
use super::value::Value;
use crate::json::{self, Mistake, Unread};

impl<'a> Value<'a> {
    /// A value whose type is a number of bytes, or bytes with their length; none else, where nothing is read.
    pub(super) fn bytes(&mut self, ty: &Type) -> Result<Option<&'a [u8]>, Mistake> {
        let size = match ty {
            Type::Bytes | Type::Decimal { size: None, .. } => return self.wire.bytes().map(Some),
            Type::Fixed(size) | Type::Decimal { size: Some(size), .. } => *size,
            Type::Uuid => 16,
            Type::Duration => 12,
            _ => return Ok(None),
        };
        if size == 0 {
            self.wire.without_bytes()?;
        }
        self.wire.take(size).map(Some)
    }

    /// A value as the integer that it is on the wire; none of another type, where nothing is read.
    pub(super) fn integer(&mut self, ty: &Type) -> Result<Option<i64>, Mistake> {
        Ok(match ty {
            Type::Int | Type::Date | Type::Time(Unit::Millis) => Some(self.wire.int()?.into()),
            Type::Long | Type::Time(_) | Type::Timestamp { .. } => Some(self.wire.long()?),
            _ => None,
        })
    }

    /// A value as text, where its type has one.
    pub(super) fn text(&mut self, ty: &'a Type) -> Result<Cow<'a, str>, Unread> {
        let at = self.wire.at();
        let text = match ty {
            Type::Text => return Ok(Cow::Borrowed(self.wire.text()?)),
            Type::Enum(symbols) => return Ok(Cow::Borrowed(self.symbol(symbols)?)),
            Type::Date => text::date(self.wire.int()?.into()),
            Type::Time(unit) => {
                let count = self.integer(ty)?.expect("a time is an integer");
                text::time(count, *unit)
            }
            Type::Timestamp { unit, local } => text::timestamp(self.wire.long()?, *unit, *local),
            Type::Decimal { scale, .. } => self.decimal(ty, *scale)?,
            Type::Uuid => Ok(text::uuid(self.wire.array()?)),
            Type::Duration => Ok(text::duration(self.wire.array()?)),
            other => Err(other.kind()),
        };
        text.map(Cow::Owned).map_err(|unfit| Unread::misfit(at, unfit))
    }

    /// A decimal as a number of its type, of which `read` makes one of another type.
    pub(super) fn number<T>(
        &mut self,
        ty: &Type,
        read: impl FnOnce(json::Number<'_>) -> Result<T, &'static str>,
    ) -> Result<T, Unread> {
        let at = self.wire.at();
        let Type::Decimal { scale, .. } = ty else {
            return Err(Unread::misfit(at, ty.kind()));
        };
        let text = self.decimal(ty, *scale)?;
        let number = text.and_then(|text| {
            // A fraction of nothing but zeros is none.
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let text = if fraction.bytes().all(|digit| digit == b'0') { whole } else { &text };
            read(json::Scanner::new(text).number().expect("a decimal is written as a number"))
        });
        number.map_err(|unfit| Unread::misfit(at, unfit))
    }

    fn decimal(&mut self, ty: &Type, scale: usize) -> Result<Result<String, &'static str>, Mistake> {
        let bytes = self.bytes(ty)?.expect("a decimal is bytes");
        if bytes.is_empty() {
            return self.wire.mistake("a decimal without bytes");
        }
        Ok(text::decimal(bytes, scale))
    }

    /// The symbol of an enum.
    pub(super) fn symbol(&mut self, symbols: &'a [Box<str>]) -> Result<&'a str, Mistake> {
        let at = self.wire.at();
        let symbol = usize::try_from(self.wire.int()?).ok().and_then(|index| symbols.get(index));
        symbol.map(AsRef::as_ref).ok_or(Mistake { at, what: "a symbol that the enum does not have" })
    }
}
