//! The collection that fits a sample, and what was guessed for which reason.

use std::collections::HashSet;

use super::fields::{Guessed, is_vector_name, type_of};
use super::names;
use crate::batch::Records;
use crate::sample::{Found, Sample};
use crate::sink;
use crate::target::FieldType;

/// Fields that a collection is given at most; Milvus takes 64, and the dynamic field is one.
const FIELDS_MAX: usize = 60;
/// Vectors that Milvus takes.
const VECTORS_MAX: usize = 4;
/// Names of fields that are keys, where their values are distinct.
const KEYS: [&str; 6] = ["id", "_id", "uuid", "guid", "pk", "key"];

/// The collection.
#[derive(Debug)]
pub(super) struct Guess {
    pub(super) fields: Vec<Column>,
    /// Fields of the records that it has not, and why.
    pub(super) left: Vec<(String, String)>,
    /// True where keys are made of topic, partition and offset.
    pub(super) is_origin: bool,
}

/// A field of the collection.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name in the collection, which may be another one than in the records.
    pub(super) name: String,
    /// The record's field; none for a key made of the origin.
    pub(super) from: Option<String>,
    pub(super) ty: FieldType,
    pub(super) is_key: bool,
    pub(super) nullable: bool,
    pub(super) why: String,
}

impl Guess {
    /// Guesses from a sample of a topic.
    pub(super) fn of(sample: &Sample, records: &Records, topic: &str) -> Self {
        let mut guess = Self { fields: Vec::new(), left: Vec::new(), is_origin: false };
        let mut taken: HashSet<String> = HashSet::new();
        let key = key(sample);
        let with_values = (0..sample.decoded).filter(|row| sample.batch.record(*row).payload().is_some()).count();
        for found in &sample.fields {
            let is_key = key.is_some_and(|key| key.name == found.name);
            let Some(values) = sample.batch.column(&found.name) else { continue };
            let mut add = |guessed: Guessed| guess.add(found, guessed, is_key, with_values, sample.decoded, &mut taken);
            add(type_of(found, values));
        }
        if key.is_none() {
            guess.is_origin = true;
            let name = names::unused("id", |name| taken.contains(name));
            let max_length = u32::try_from(sink::longest_origin(sink::TOPIC_MAX.max(topic.len()), true)).unwrap_or(512);
            let why = if records.iter().any(|record| record.key().is_some()) {
                "no field and no key of the records is another in each of them, as far as can be told: the primary key is \
                 made of topic, partition and offset"
            } else {
                "the records have no keys, and no field that is named as a key and another in each of them: the primary key \
                 is made of topic, partition and offset"
            };
            let ty = FieldType::VarChar { max_length: max_length.next_power_of_two() };
            let why = why.to_owned();
            guess.fields.insert(0, Column { name, from: None, ty, is_key: true, nullable: false, why });
        }
        // The key first, the vectors last: as collections are usually written down.
        guess.fields.sort_by_key(|field| (!field.is_key, matches!(field.ty, FieldType::Vector { .. })));
        guess
    }

    /// True where it has a vector, without which Milvus makes no collection.
    pub(super) fn has_vector(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.ty, FieldType::Vector { .. }))
    }

    /// The fields that have another name in the collection than in the records.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.fields.iter().filter_map(|field| Some((field.from.as_deref()?, field.name.as_str())));
        pairs.filter(|(from, name)| from != name)
    }

    fn add(
        &mut self,
        found: &Found,
        guessed: Guessed,
        is_key: bool,
        with_values: usize,
        decoded: usize,
        taken: &mut HashSet<String>,
    ) {
        let seen = found.text(decoded);
        let name = found.name.to_string();
        let (ty, note) = match guessed {
            Ok(guessed) => guessed,
            Err(why) => return self.left.push((name, why.to_owned())),
        };
        let vectors = self.fields.iter().filter(|field| matches!(field.ty, FieldType::Vector { .. })).count();
        let is_vector = matches!(ty, FieldType::Vector { .. });
        if is_vector && vectors == VECTORS_MAX {
            return self.left.push((name, format!("{seen}; more vectors than Milvus takes ({VECTORS_MAX})")));
        }
        if self.fields.len() >= FIELDS_MAX && !is_vector && !is_key {
            return self.left.push((name, format!("{seen}; more fields than Milvus takes")));
        }
        let has = found.count + found.others.values().sum::<usize>();
        // A tombstone has no fields, and becomes no row.
        let is_missing = has < with_values;
        let mut why = seen;
        if !note.is_empty() {
            why += &format!(": {note}");
        }
        if is_key {
            why += if found.of_key {
                "; the records' key, so the primary key: of records with the same key the last one counts"
            } else {
                "; the primary key"
            };
        } else if is_vector && is_missing {
            why += "; records without it are rejected, as a vector is always needed";
        }
        let plain = names::unused(&name, |name| taken.contains(name));
        if plain != name {
            why += &format!("; `{name}` in the records, which Milvus does not take as a name");
        }
        taken.insert(plain.clone());
        let nullable = is_missing && !is_key && !is_vector;
        self.fields.push(Column { name: plain, from: Some(name), ty, is_key, nullable, why });
    }
}

/// The field that is the primary key: what the records' keys are, or one that is named as a key and whose values are
/// distinct.
fn key(sample: &Sample) -> Option<&Found> {
    let can_be = |found: &&Found| {
        let is_scalar = matches!(found.ty, crate::batch::Type::Int | crate::batch::Type::Text);
        is_scalar && found.others.is_empty() && found.count == sample.decoded
    };
    let of_keys = sample.key_field.as_deref().and_then(|name| sample.field(name)).filter(can_be);
    let mut of_key = sample.fields.iter().filter(|found| found.of_key);
    // A key of several members is none of them.
    let single = of_key.next().filter(|_| of_key.next().is_none()).filter(can_be);
    let distinct =
        || sample.fields.iter().filter(can_be).filter(|found| found.is_distinct && !is_vector_name(&found.name));
    let named = KEYS.iter().find_map(|name| distinct().find(|found| found.name.eq_ignore_ascii_case(name)));
    let ends = || distinct().find(|found| found.name.to_lowercase().ends_with("_id") || found.name.ends_with("Id"));
    // A key that comes again is that of a row which changes, or tells the partition alone: then a name says more.
    of_keys.or(single.filter(|found| found.is_distinct)).or(named).or_else(ends).or(single)
}
