//! A field of a message with all the pieces that it lies in.

use std::borrow::Cow;
use std::cell::Cell;

use super::gather::{Gathered, Piece, gather};
use super::scalar::Scalar;
use super::schema::{Field, Meaning, Schema, Shape, Ty};
use super::wire::{DEPTH_MAX, Data, Item, TOO_DEEP, Wire};
use crate::config::calendar_date;
use crate::json::{Kind, Mistake, Unread};

const DAY_SECONDS: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// A field of a message, or one value of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) schema: &'a Schema,
    pub(super) ty: Ty,
    pub(super) shape: Shape,
    pub(super) pieces: &'a [Piece<'a>],
    /// Where it would be if there is no piece.
    pub(super) end: usize,
    pub(super) depth: u8,
    /// What is left of the text that the batch may become.
    pub(super) text: &'a Cell<usize>,
}

impl<'a> Value<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        field: &Field,
        pieces: &'a [Piece<'a>],
        end: usize,
        depth: u8,
        text: &'a Cell<usize>,
    ) -> Self {
        Self { schema, ty: field.ty, shape: field.shape, pieces, end, depth, text }
    }

    /// The place in the payload.
    pub(super) fn at(&self) -> usize {
        self.pieces.last().map_or(self.end, |(_, item)| item.at)
    }

    /// Takes from the text that is left.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Mistake> {
        let left = self.text.get().checked_sub(bytes);
        let what = "text beyond what the messages of a batch may become,";
        self.text.set(left.ok_or(Mistake { at: self.at(), what })?);
        Ok(())
    }

    pub(super) fn meaning(&self) -> Meaning {
        match self.ty {
            Ty::Message(place) | Ty::Group(place) => self.schema.messages[place].meaning,
            _ => Meaning::Itself,
        }
    }

    /// For messages.
    pub(super) fn kind(&self) -> &'static str {
        match (self.shape, self.ty) {
            (Shape::Repeated, _) => "an array",
            (Shape::Map, _) => "a map",
            (_, Ty::Message(_) | Ty::Group(_)) => "a message",
            _ => "a value",
        }
    }

    /// The only value, where it is no message, or one that stands for such a value.
    pub(super) fn scalar(&self) -> Result<Scalar<'a>, Unread> {
        let found = match self.shape {
            Shape::Implicit | Shape::Explicit => self.single()?,
            Shape::Repeated | Shape::Map => None,
        };
        found.ok_or_else(|| Unread::misfit(self.at(), self.kind()))
    }

    fn single(&self) -> Result<Option<Scalar<'a>>, Unread> {
        let item = self.pieces.last().map(|(_, item)| *item);
        match self.meaning() {
            Meaning::Itself => Ok(Scalar::of(self.schema, self.ty, item)?),
            Meaning::Wrapper => {
                let number = self.fields().first().map(|field| field.ty);
                let inner = self.last_of(1)?;
                Ok(number.map(|ty| Scalar::of(self.schema, ty, inner)).transpose()?.flatten())
            }
            Meaning::Timestamp => {
                let (seconds, nanos) = self.seconds()?;
                let text = timestamp(seconds, nanos).map_err(|unfit| Unread::misfit(self.at(), unfit))?;
                Ok(Some(Scalar::Text(Cow::Owned(text))))
            }
            Meaning::Duration => {
                let (seconds, nanos) = self.seconds()?;
                let text = duration(seconds, nanos).map_err(|unfit| Unread::misfit(self.at(), unfit))?;
                Ok(Some(Scalar::Text(Cow::Owned(text))))
            }
            Meaning::Entry | Meaning::Only => Ok(None),
        }
    }

    fn seconds(&self) -> Result<(i64, i64), Mistake> {
        let int = |number| -> Result<u64, Mistake> {
            Ok(match self.last_of(number)?.map(|item| item.data) {
                Some(Data::Varint(bits)) => bits,
                _ => 0,
            })
        };
        Ok((int(1)?.cast_signed(), (int(2)? as i32).into()))
    }

    /// The last piece of the field of that number in the message.
    fn last_of(&self, number: u32) -> Result<Option<Item<'a>>, Mistake> {
        let fields = self.fields();
        let gathered = self.gather()?;
        let place = fields.iter().position(|field| field.number == number);
        Ok(place.and_then(|place| gathered.last_of(place)))
    }

    /// The fields of the message that it is; none of what is no message.
    pub(super) fn fields(&self) -> &'a [Field] {
        match self.ty {
            Ty::Message(place) | Ty::Group(place) => &self.schema.messages[place].fields,
            _ => &[],
        }
    }

    fn gather(&self) -> Result<Gathered<'a>, Mistake> {
        if self.depth == DEPTH_MAX {
            return Err(Mistake { at: self.at(), what: TOO_DEEP });
        }
        gather(self.fields(), self.pieces.iter().map(|(_, item)| item))
    }

    /// Hands on the fields of the message.
    pub(super) fn members<E: From<Mistake>>(
        &self,
        mut read: impl FnMut(&Field, Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (fields, gathered) = (self.fields(), self.gather()?);
        for (field, pieces) in fields.iter().zip(gathered.by_field(fields.len())) {
            read(field, Value::new(self.schema, field, pieces, self.end, self.depth + 1, self.text))?;
        }
        Ok(())
    }

    /// Hands on each value of an array, as one of its own.
    pub(super) fn values<E: From<Mistake>>(&self, mut read: impl FnMut(Value<'_>) -> Result<(), E>) -> Result<(), E> {
        let one = |pieces| Value { shape: Shape::Explicit, pieces, ..*self };
        for piece in self.pieces {
            let (place, item) = piece;
            match item.data {
                Data::Bytes(bytes) if is_packable(self.ty) => {
                    let mut wire = Wire::new(bytes, item.at);
                    while !wire.is_empty() {
                        let data = match self.ty {
                            Ty::Float | Ty::Fixed32 | Ty::Sfixed32 => Data::Four(wire.array()?),
                            Ty::Double | Ty::Fixed64 | Ty::Sfixed64 => Data::Eight(wire.array()?),
                            _ => Data::Varint(wire.varint()?),
                        };
                        let piece = [(*place, Item { at: wire.at(), data })];
                        read(Value { pieces: &piece, ..one_of(self) })?;
                    }
                }
                _ => read(one(std::slice::from_ref(piece)))?,
            }
        }
        Ok(())
    }

    /// Hands on each value of an array that has no messages.
    pub(super) fn each(&self, mut read: impl FnMut(Scalar<'_>, usize) -> Result<(), Unread>) -> Result<(), Unread> {
        if self.shape != Shape::Repeated {
            let kind = if self.shape == Shape::Map { self.kind() } else { self.scalar()?.kind() };
            return Err(Unread::misfit(self.at(), kind));
        }
        self.values(|value| {
            let at = value.at();
            let read = value.scalar().and_then(|scalar| read(scalar, at));
            read.map_err(|unread| unread.within(Kind::Array))
        })
    }
}

/// The same value without its pieces, for pieces that live shorter.
fn one_of<'b>(value: &Value<'b>) -> Value<'b> {
    Value { shape: Shape::Explicit, pieces: &[], ..*value }
}

pub(super) fn is_packable(ty: Ty) -> bool {
    !matches!(ty, Ty::Text | Ty::Bytes | Ty::Message(_) | Ty::Group(_))
}

/// `2026-01-31T23:59:59.999Z`.
fn timestamp(seconds: i64, nanos: i64) -> Result<String, &'static str> {
    const BEYOND: &str = "a timestamp outside of the years 1 to 9999";
    let (year, month, day) = calendar_date(seconds.div_euclid(DAY_SECONDS));
    if !(1..=9999).contains(&year) || !(0..NANOS).contains(&nanos) {
        return Err(BEYOND);
    }
    let second = seconds.rem_euclid(DAY_SECONDS);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Ok(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}Z", fraction(nanos)))
}

/// `-3.004s`.
fn duration(seconds: i64, nanos: i64) -> Result<String, &'static str> {
    if nanos.abs() >= NANOS || seconds.signum() * nanos.signum() < 0 {
        return Err("a duration whose nanoseconds are not of its seconds");
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    Ok(format!("{sign}{}{}s", seconds.unsigned_abs(), fraction(nanos.abs())))
}

/// As many digits as it needs: none, 3, 6 or 9.
fn fraction(nanos: i64) -> String {
    match nanos {
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1000 == 0 => format!(".{:06}", nanos / 1000),
        _ => format!(".{nanos:09}"),
    }
}
