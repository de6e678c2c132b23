//! The pieces of a message, by the fields that they are of.

use super::schema::{Field, Ty};
use super::wire::{Data, Item, Wire};
use crate::json::Mistake;

/// Most pieces of a message: each may be two bytes of the payload, and takes about fifty of memory.
pub(super) const ITEMS_MAX: usize = 1 << 20;

/// A piece with the place of its field.
pub(super) type Piece<'a> = (u32, Item<'a>);

/// Pieces in the order of their fields; those of a field in the order in which they came.
pub(super) struct Gathered<'a>(Vec<Piece<'a>>);

/// Reads the messages that the pieces of one field are, as if they were one. What the schema has not is passed over.
pub(super) fn gather<'a, 'i>(
    fields: &[Field],
    messages: impl Iterator<Item = &'i Item<'a>>,
) -> Result<Gathered<'a>, Mistake>
where
    'a: 'i,
{
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    let mut choices: Vec<Choice> = Vec::new();
    let mut expected = 0;
    for message in messages {
        let (Data::Bytes(bytes) | Data::Group(bytes)) = message.data else {
            return Err(Mistake { at: message.at, what: "a wire type that is not the field's" });
        };
        let mut wire = Wire::new(bytes, message.at);
        while let Some((number, item)) = wire.next()? {
            let Some(place) = place(fields, number, expected) else { continue };
            expected = place;
            fields[place].ty.check(&item, fields[place].is_repeated())?;
            if let Some(oneof) = fields[place].oneof {
                choose(&mut choices, oneof, place, pieces.len());
            }
            if pieces.len() == ITEMS_MAX {
                return Err(Mistake { at: item.at, what: "more than 1,048,576 values in a message" });
            }
            pieces.push((place as u32, item));
        }
    }
    if !choices.is_empty() {
        drop_others(&mut pieces, fields, &choices);
    }
    if !pieces.is_sorted_by_key(|(place, _)| *place) {
        pieces.sort_by_key(|(place, _)| *place);
    }
    Ok(Gathered(pieces))
}

/// The member of a oneof that holds, and from which piece on.
struct Choice {
    oneof: u32,
    place: usize,
    from: usize,
}

fn choose(choices: &mut Vec<Choice>, oneof: u32, place: usize, from: usize) {
    match choices.iter_mut().find(|choice| choice.oneof == oneof) {
        Some(choice) if choice.place == place => {}
        Some(choice) => (choice.place, choice.from) = (place, from),
        None => choices.push(Choice { oneof, place, from }),
    }
}

/// The last member of a oneof wins.
fn drop_others(pieces: &mut Vec<Piece<'_>>, fields: &[Field], choices: &[Choice]) {
    let mut index = 0;
    pieces.retain(|(place, _)| {
        let place = *place as usize;
        let choice = fields[place].oneof.and_then(|oneof| choices.iter().find(|choice| choice.oneof == oneof));
        let holds = choice.is_none_or(|choice| choice.place == place && index >= choice.from);
        index += 1;
        holds
    });
}

/// The place of the field of that number. Fields are sorted by it, and mostly come so.
fn place(fields: &[Field], number: u32, expected: usize) -> Option<usize> {
    let is = |place: &usize| fields.get(*place).is_some_and(|field| field.number == number);
    let near = [expected, expected + 1].into_iter().find(is);
    near.or_else(|| fields.binary_search_by_key(&number, |field| field.number).ok())
}

impl<'a> Gathered<'a> {
    /// The last piece of the field at that place.
    pub(super) fn last_of(&self, place: usize) -> Option<Item<'a>> {
        self.0.iter().rev().find(|(of, _)| *of as usize == place).map(|(_, item)| *item)
    }

    /// The pieces of each field.
    pub(super) fn by_field(&self, fields: usize) -> impl Iterator<Item = &[Piece<'a>]> {
        let mut rest = &self.0[..];
        (0..fields).map(move |place| {
            let count = rest.iter().take_while(|(of, _)| *of as usize == place).count();
            let (mine, others) = rest.split_at(count);
            rest = others;
            mine
        })
    }
}

impl Ty {
    /// Whether a piece may be of this type. A schema that it was not written by would be read as nonsense else.
    fn check(&self, item: &Item<'_>, repeated: bool) -> Result<(), Mistake> {
        let fits = match (self, item.data) {
            (Self::Text | Self::Bytes | Self::Message(_), Data::Bytes(_)) | (Self::Group(_), Data::Group(_)) => true,
            (Self::Text | Self::Bytes | Self::Message(_) | Self::Group(_), _) => false,
            (_, Data::Bytes(_)) => repeated,
            (Self::Float | Self::Fixed32 | Self::Sfixed32, data) => matches!(data, Data::Four(_)),
            (Self::Double | Self::Fixed64 | Self::Sfixed64, data) => matches!(data, Data::Eight(_)),
            (_, data) => matches!(data, Data::Varint(_)),
        };
        if fits { Ok(()) } else { Err(Mistake { at: item.at, what: "a wire type that is not the field's" }) }
    }
}
