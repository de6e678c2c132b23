//! The fields of the records, found by name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::NextValue;
use super::builder::Builder;
use super::room::Room;
use crate::batch::Column;
use crate::decode::refusal::Refusal;
use crate::decode::{Plan, Settled};
use crate::json::{Quoted, Unread};

/// Most different fields in a batch. A record that would bring more is rejected: its keys are data, not names.
pub const FIELDS_MAX: usize = 1024;

/// Longest name of a field, in bytes.
pub const FIELD_NAME_BYTES_MAX: usize = 1024;

/// The fields that the decoder knows, each with the column that it has so far in this batch.
#[derive(Debug)]
pub(in crate::decode) struct Fields {
    plan: Plan,
    known: Vec<Field>,
    places: HashMap<Arc<str>, usize>,
    /// Places of the fields that this batch has, in the order in which they came.
    present: Vec<usize>,
    room: Room,
}

#[derive(Debug)]
struct Field {
    name: Arc<str>,
    present: bool,
    builder: Builder,
}

/// How many fields there were before a record, and what its rows took.
#[derive(Debug, Clone, Copy)]
pub(in crate::decode) struct Mark {
    known: usize,
    present: usize,
    room: Room,
}

/// The name of a field as a record has it.
pub(in crate::decode) trait Name {
    /// True where it is that name.
    fn is(&self, name: &str) -> bool;
    /// The name.
    fn value(&self) -> Cow<'_, str>;
}

impl Name for Quoted<'_> {
    fn is(&self, name: &str) -> bool {
        Quoted::is(self, name)
    }

    fn value(&self) -> Cow<'_, str> {
        Quoted::value(self)
    }
}

impl Name for str {
    fn is(&self, name: &str) -> bool {
        self == name
    }

    fn value(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Fields {
    pub(in crate::decode) fn new(plan: Plan) -> Self {
        Self { plan, known: Vec::new(), places: HashMap::new(), present: Vec::new(), room: Room::default() }
    }

    /// True where the field ends in a primary key.
    pub(in crate::decode) fn is_primary(&self, field: &str) -> bool {
        self.plan.is_primary(field)
    }

    /// The place of a field. Records mostly have the same names in the same order, so one is expected.
    pub(in crate::decode) fn place(
        &mut self,
        name: &(impl Name + ?Sized),
        expected: usize,
        at: usize,
    ) -> Result<usize, Refusal> {
        let place = match self.known.get(expected) {
            Some(field) if name.is(&field.name) => expected,
            _ => self.look_up(&name.value(), at)?,
        };
        self.present(place, at)
    }

    /// The same of a name that is not read from the text.
    pub(in crate::decode) fn named(&mut self, name: &str, at: usize) -> Result<usize, Refusal> {
        let place = self.look_up(name, at)?;
        self.present(place, at)
    }

    fn present(&mut self, place: usize, at: usize) -> Result<usize, Refusal> {
        if !self.known[place].present {
            if self.present.len() == FIELDS_MAX {
                return Err(Refusal::ManyFields { before: at });
            }
            if !self.room.is_enough(self.present.len() + 1) {
                return Err(Refusal::ManyBlanks { before: at });
            }
            self.known[place].present = true;
            self.present.push(place);
        }
        Ok(place)
    }

    /// Reads the next value into the column of the field at `place`.
    pub(in crate::decode) fn read<V: NextValue>(
        &mut self,
        place: usize,
        next: &mut V,
        row: usize,
    ) -> Result<(), Refusal> {
        let field = &mut self.known[place];
        let read = field.builder.read(next, row);
        read.map_err(|unread| {
            let name = Arc::clone(&field.name);
            match (unread, self.plan.get(&name)) {
                (Unread::Mistake(mistake), _) => Refusal::Malformed { format: V::FORMAT, mistake, field: Some(name) },
                (Unread::Misfit(misfit), Some((ty, Settled::Declared))) => {
                    Refusal::OtherType { field: name, ty, misfit }
                }
                (Unread::Misfit(misfit), _) => Refusal::NoJson { field: name, misfit },
            }
        })
    }

    /// Bytes of what a row has in all fields.
    pub(in crate::decode) fn bytes_of(&self, row: usize) -> usize {
        self.present.iter().map(|place| self.known[*place].builder.bytes_of(row)).sum()
    }

    /// The record has several rows in a payload of so many bytes. To be called once, before [`Fields::more_rows`].
    pub(in crate::decode) fn several_rows(&mut self, payload: usize) {
        self.room.of(payload);
    }

    /// The record has more rows than one, into each of which so many bytes are copied.
    pub(in crate::decode) fn more_rows(&mut self, rows: usize, copied: usize, at: usize) -> Result<(), Refusal> {
        self.room.rows(rows, copied);
        // Fields of earlier batches mostly come again, in records that are not to pay for this one.
        if self.room.is_enough(self.present.len().max(self.known.len())) {
            Ok(())
        } else {
            Err(Refusal::ManyBlanks { before: at })
        }
    }

    /// To be called before each record.
    pub(in crate::decode) fn mark(&self) -> Mark {
        Mark { known: self.known.len(), present: self.present.len(), room: self.room }
    }

    /// Takes back everything that the record after the mark brought, so that there are `rows` rows again.
    pub(in crate::decode) fn roll_back(&mut self, mark: Mark, rows: usize) {
        self.room = mark.room;
        for place in self.present.drain(mark.present..) {
            self.known[place].present = false;
            self.known[place].builder.truncate(0);
        }
        for field in self.known.drain(mark.known..) {
            self.places.remove(&field.name);
        }
        for place in &self.present {
            self.known[*place].builder.truncate(rows);
        }
    }

    /// The columns of the batch. The fields keep the types that their values told.
    pub(in crate::decode) fn finish(&mut self, rows: usize) -> Vec<(Arc<str>, Column)> {
        let present = self.present.iter();
        let columns = present.map(|place| {
            let field = &mut self.known[*place];
            (Arc::clone(&field.name), field.builder.finish(rows))
        });
        let columns = columns.collect();
        self.forget();
        columns
    }

    /// Forgets the fields that this batch did not have, where they have become many.
    fn forget(&mut self) {
        if self.known.len() > FIELDS_MAX {
            self.known.retain(|field| field.present);
            self.places = self.known.iter().zip(0..).map(|(field, place)| (Arc::clone(&field.name), place)).collect();
        }
        self.room = Room::default();
        self.known.iter_mut().for_each(|field| field.present = false);
        self.present.clear();
    }

    #[cold]
    fn add(&mut self, name: &str, at: usize) -> Result<usize, Refusal> {
        if name.len() > FIELD_NAME_BYTES_MAX {
            return Err(Refusal::LongName { before: at });
        }
        let place = self.known.len();
        let name: Arc<str> = name.into();
        let builder = Builder::new(self.plan.get(&name));
        self.places.insert(Arc::clone(&name), place);
        self.known.push(Field { name, present: false, builder });
        Ok(place)
    }

    fn look_up(&mut self, name: &str, at: usize) -> Result<usize, Refusal> {
        match self.places.get(name) {
            Some(place) => Ok(*place),
            None => self.add(name, at),
        }
    }
}
