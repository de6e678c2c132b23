//! Where a value sends its row.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use foldhash::fast::FixedState;
use kiteline_guest::Texts;

use crate::config::{By, Config, To};
use crate::keys::Key;
use crate::names::{RULE, hash, is_valid, sanitize};

/// Partitions that values may name, where the configuration does not say.
const MAX: usize = 64;

/// The partitions that values have named so far. Every row asks for one, so they are hashed fast. There are `max` of them
/// at most, 64 by default, so texts that are made to have one hash gain little.
pub(crate) type Named = HashSet<Box<str>, FixedState>;

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) to: To,
    pub(crate) field: String,
    choice: Choice,
    default: Option<String>,
    prefix: String,
    sanitize: bool,
    max: usize,
}

#[derive(Debug)]
enum Choice {
    Value,
    Map(BTreeMap<String, String>),
    Hash(u64),
}

/// What a value came to, before it is written as the row's collection wants it.
#[derive(Clone, Copy)]
enum Pick<'a> {
    Value(&'a str),
    /// A name of the configuration.
    Named(&'a str),
    Bucket(u64),
}

/// What a row's collection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The name of a partition.
    Name,
    /// A text in its partition key.
    TextKey,
    /// An integer in its partition key.
    IntKey,
}

impl Place {
    pub(crate) fn of(key: Option<&Key>) -> Self {
        match key {
            None => Self::Name,
            Some(key) if key.int => Self::IntKey,
            Some(_) => Self::TextKey,
        }
    }
}

/// What a row gets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Routed<'a> {
    /// The name of a partition.
    Name(Cow<'a, str>),
    /// A text for its partition key.
    Text(Cow<'a, str>),
    /// An integer for its partition key.
    Int(i64),
}

impl Routed<'_> {
    pub(crate) fn int(value: &Option<Self>) -> Option<i64> {
        if let Some(Self::Int(int)) = value { Some(*int) } else { None }
    }

    pub(crate) fn text(value: &Option<Self>) -> Option<&str> {
        if let Some(Self::Text(text)) = value { Some(text) } else { None }
    }
}

impl Rule {
    pub(crate) fn new(config: Config) -> Result<Self, String> {
        config.check()?;
        let Config { to, field, by, map, partitions, default, prefix, sanitize, max } = config;
        let choice = match by {
            By::Value => Choice::Value,
            By::Map => Choice::Map(map.unwrap_or_default()),
            By::Hash => Choice::Hash(partitions.unwrap_or(1).into()),
        };
        let prefix = prefix.unwrap_or_else(|| if by == By::Hash { "p".into() } else { String::new() });
        if !prefix.is_empty() && !is_valid(&prefix) {
            return Err(format!("prefix: {RULE}"));
        }
        if prefix.is_empty() && by == By::Hash {
            return Err("prefix: the name of a partition can't begin with a digit".into());
        }
        let max = max.unwrap_or(MAX);
        Ok(Self { to, field, choice, default, prefix, sanitize, max })
    }

    /// Refuses names that no collection takes. Without servers nothing is known of them: then a name may be either.
    pub(crate) fn check_names(&self, places: BTreeSet<Place>) -> Result<(), String> {
        let map = match &self.choice {
            Choice::Map(map) => Some(map),
            Choice::Value | Choice::Hash(_) => None,
        };
        let names = map.into_iter().flatten().map(|(value, name)| (format!("map.{value}"), name));
        for (key, name) in names.chain(self.default.iter().map(|name| ("default".to_owned(), name))) {
            let places = if self.to == To::Collection { BTreeSet::from([Place::Name]) } else { places.clone() };
            let (is_name, is_int) = (is_valid(name), name.parse::<i64>().is_ok());
            if places.contains(&Place::Name) && !is_name {
                return Err(format!("{key}: no valid name of a {}: {RULE}", self.thing()));
            }
            if places.contains(&Place::IntKey) && !is_int {
                return Err(format!("{key}: the partition key is an Int64, and this is no integer"));
            }
            if places.is_empty() && !is_name && !is_int {
                return Err(format!("{key}: neither a valid name of a partition ({RULE}) nor an integer"));
            }
        }
        Ok(())
    }

    /// The collection that a value sends its row to: one of the known ones, where they are known.
    pub(crate) fn collection<'a>(&'a self, value: Option<&'a str>, known: &[String]) -> Result<Cow<'a, str>, String> {
        let name = self.pick(value).and_then(|pick| self.name(&pick));
        let is_known = |name: &str| known.is_empty() || known.iter().any(|known| known == name);
        match (name, &self.default) {
            (Ok(name), _) if is_known(&name) => Ok(name),
            (_, Some(default)) => Ok(default.into()),
            (Ok(_), None) => {
                Err(format!("{} names no collection of the pipeline, and there is no default", self.field))
            }
            (Err(reason), None) => Err(reason),
        }
    }

    /// What a value gives its row.
    pub(crate) fn route<'a>(
        &'a self,
        value: Option<&'a str>,
        place: Place,
        named: &mut Named,
    ) -> Result<Routed<'a>, String> {
        let pick = self.pick(value)?;
        match (place, pick) {
            // Most rows: a value that has been a name before.
            (Place::Name, Pick::Value(value)) if self.is_known(value, named) => Ok(Routed::Name(value.into())),
            (Place::Name, Pick::Value(_)) => {
                let name = self.name(&pick)?;
                self.admit(&name, named)?;
                Ok(Routed::Name(name))
            }
            (Place::Name, _) => self.name(&pick).map(Routed::Name),
            (Place::TextKey, Pick::Value(text) | Pick::Named(text)) => Ok(Routed::Text(text.into())),
            (Place::TextKey, Pick::Bucket(bucket)) => Ok(Routed::Text(format!("{}{bucket}", self.prefix).into())),
            (Place::IntKey, Pick::Value(text) | Pick::Named(text)) => text
                .parse()
                .map(Routed::Int)
                .map_err(|_| format!("{} is no 64-bit integer, as the collection's partition key is", self.field)),
            (Place::IntKey, Pick::Bucket(bucket)) => Ok(Routed::Int(bucket.cast_signed())),
        }
    }

    /// True where the values are names that there have been before.
    pub(crate) fn are_names(&self, values: &Texts, named: &Named) -> bool {
        matches!(self.choice, Choice::Value)
            && values.iter().all(|value| value.is_some_and(|value| self.is_known(value, named)))
    }

    /// True where a value is a name that there has been before.
    fn is_known(&self, value: &str, named: &Named) -> bool {
        self.prefix.is_empty() && named.contains(value)
    }

    fn pick<'a>(&'a self, value: Option<&'a str>) -> Result<Pick<'a>, String> {
        let default = |what: &str| match &self.default {
            Some(name) => Ok(Pick::Named(name)),
            None => Err(format!("{} {what}, and there is no default", self.field)),
        };
        let Some(value) = value else { return default("is neither a text nor an integer") };
        match &self.choice {
            Choice::Value if value.is_empty() => default("is empty"),
            Choice::Value => Ok(Pick::Value(value)),
            Choice::Map(map) => match map.get(value) {
                Some(name) => Ok(Pick::Named(name)),
                None => default("has a value that the map does not have"),
            },
            Choice::Hash(buckets) => Ok(Pick::Bucket(hash(value) % buckets)),
        }
    }

    fn name<'a>(&self, pick: &Pick<'a>) -> Result<Cow<'a, str>, String> {
        let name = match *pick {
            Pick::Named(name) => Cow::Borrowed(name),
            Pick::Bucket(bucket) => Cow::Owned(format!("{}{bucket}", self.prefix)),
            Pick::Value(value) if self.prefix.is_empty() => Cow::Borrowed(value),
            Pick::Value(value) => Cow::Owned(format!("{}{value}", self.prefix)),
        };
        if is_valid(&name) {
            return Ok(name);
        }
        if self.sanitize && matches!(pick, Pick::Value(_)) {
            let name = sanitize(&name);
            if is_valid(&name) {
                return Ok(Cow::Owned(name));
            }
        }
        Err(format!("{} makes no valid name of a {}: {RULE}", self.field, self.thing()))
    }

    /// A row beyond the limit is never sent to the default instead: which rows are would depend on the ones before
    /// them, and a record that comes again could end in another partition than the first time.
    fn admit(&self, name: &str, named: &mut Named) -> Result<(), String> {
        if named.contains(name) {
            return Ok(());
        }
        if named.len() >= self.max {
            return Err(format!("{} names more partitions than max = {}", self.field, self.max));
        }
        named.insert(name.into());
        Ok(())
    }

    fn thing(&self) -> &'static str {
        match self.to {
            To::Partition => "partition",
            To::Collection => "collection",
        }
    }
}

#[cfg(test)]
mod tests;
