//! Compares a file with the schema: finds unknown and missing keys, values of another kind and values out of range, all
//! at once and each with its place, and fills in what comes from the environment and from files of secrets.

use std::fmt::Display;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeString, DeTable, DeValue};

use super::milvus_type::MilvusType;
use super::mistakes::Found;
use super::nearest;
use super::place::{Place, how_to_add, how_to_write, one_of};
use super::secret::Secrets;
use super::shape::{Kind, Shape};
use super::text;
use super::timestamp::Timestamp;
use super::units::{Bytes, Time};

/// A walk over a file along its schema.
pub(super) struct Walk<'a> {
    secrets: &'a Secrets<'a>,
    found: &'a mut Found,
}

impl<'a> Walk<'a> {
    pub(super) fn new(secrets: &'a Secrets<'a>, found: &'a mut Found) -> Self {
        Self { secrets, found }
    }

    /// Walks a whole file.
    pub(super) fn file(&mut self, shape: Shape<'_>, root: &mut Spanned<DeTable<'_>>) {
        let place = Place { above: None, key: "", shape, is_free: false };
        let at = root.span();
        self.table(&place, shape, &at, root.get_mut());
    }

    fn table(&mut self, place: &Place<'_>, shape: Shape<'_>, at: &Range<usize>, table: &mut DeTable<'_>) {
        for (name, value) in table.iter_mut() {
            let key = name.get_ref().as_ref();
            let known = shape.property(key);
            match known.or(shape.free()) {
                Some(shape) => {
                    let place = Place { above: Some(place), key, shape, is_free: known.is_none() };
                    self.value(&place, shape, value);
                }
                None => {
                    let known: Vec<_> = shape.properties().map(|(name, _)| name).collect();
                    let advice = nearest::advice(key, &known);
                    let text = format!("unknown key `{}` in {}; {advice}", text::key(key), place.header());
                    self.found.add(&name.span(), text);
                }
            }
        }
        for (key, value) in shape.properties() {
            if shape.required().any(|required| required == key) && !table.contains_key(key) {
                let text = format!("{} has no {}", place.header(), how_to_add(key, value));
                self.found.add(at, text);
            }
        }
    }

    fn value(&mut self, place: &Place<'_>, shape: Shape<'_>, value: &mut Spanned<DeValue<'_>>) {
        let at = value.span();
        let kind = Kind::of(value.get_ref());
        let Some(shape) = shape.choose(kind) else {
            let advice = how_to_write(place, shape, kind);
            let (expected, found) = (shape.expected(), kind.name());
            return self.report(place, &at, &format!("expected {expected}, found {found}; {advice}"));
        };
        if shape.takes_anything() {
            return;
        }
        match value.get_mut() {
            DeValue::Table(table) => self.table(place, shape, &at, table),
            DeValue::Array(items) => self.list(place, shape, &at, items),
            DeValue::String(text) => self.text(place, shape, &at, text),
            DeValue::Integer(number) => self.integer(place, shape, &at, number),
            DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
        }
    }

    fn list(&mut self, place: &Place<'_>, shape: Shape<'_>, at: &Range<usize>, items: &mut DeArray<'_>) {
        if items.is_empty() && shape.is_filled() {
            self.report(place, at, "empty; name at least one");
        }
        if let Some(shape) = shape.items() {
            items.iter_mut().for_each(|item| self.value(place, shape, item));
        }
    }

    fn text(&mut self, place: &Place<'_>, shape: Shape<'_>, at: &Range<usize>, text: &mut DeString<'_>) {
        if text.is_empty() && shape.is_filled() {
            self.report(place, at, "empty; write a text");
        }
        let words = shape.words();
        if !words.is_empty() && words.iter().all(|(word, _)| word != text) {
            let what = text::shown(text);
            self.report(place, at, &format!("{what} is not allowed; write {}", one_of(&words)));
        }
        self.unit(place, shape, at, text);
        if shape.is_secret() {
            match self.secrets.read(text) {
                Ok(filled) => *text = filled.into(),
                Err(error) => self.report(place, at, &error.to_string()),
            }
        } else if text.contains("${") {
            let text = "the environment is filled in only where a secret may stand, as in milvus.token and \
                [kafka.client]; write the text itself";
            self.report(place, at, text);
        }
    }

    /// A text with a unit.
    fn unit(&mut self, place: &Place<'_>, shape: Shape<'_>, at: &Range<usize>, text: &str) {
        if shape.format() == Some(MilvusType::FORMAT)
            && let Err(error) = text.parse::<MilvusType>()
        {
            return self.report(place, at, &format!("{} is {error}", text::shown(text)));
        }
        let read = match shape.format() {
            Some(Bytes::FORMAT) => text.parse().map(Some),
            Some(Time::FORMAT) => text.parse::<Time>().map(|_| None),
            Some(Timestamp::FORMAT) => text.parse::<Timestamp>().map(|_| None),
            _ => Ok(None),
        };
        match read {
            Ok(Some(size)) => self.range(place, shape, at, size, Bytes::new),
            Ok(None) => {}
            Err(error) => self.report(place, at, &format!("{} is {error}", text::shown(text))),
        }
    }

    fn integer(&mut self, place: &Place<'_>, shape: Shape<'_>, at: &Range<usize>, number: &DeInteger<'_>) {
        let read = i128::from_str_radix(number.as_str(), number.radix());
        match read.ok().and_then(|number| i64::try_from(number).ok()) {
            None => {
                self.report(place, at, "beyond 64 bits; write a smaller number");
            }
            Some(count @ 0..) if shape.format() == Some(Bytes::FORMAT) => {
                let size = Bytes::new(count.unsigned_abs());
                self.range(place, shape, at, size, Bytes::new);
            }
            Some(number) => self.range(place, shape, at, i128::from(number), i128::from),
        }
    }

    /// Reports a number that is not within the limits which the schema has for it.
    fn range<N: PartialOrd + Display>(
        &mut self,
        place: &Place<'_>,
        shape: Shape<'_>,
        at: &Range<usize>,
        number: N,
        limit: impl Fn(u64) -> N,
    ) {
        let (least, most) = (shape.minimum().map(&limit), shape.maximum().map(&limit));
        let is_low = least.as_ref().is_some_and(|least| number < *least);
        let is_high = most.as_ref().is_some_and(|most| number > *most);
        if !is_low && !is_high {
            return;
        }
        let advice = match (least, most) {
            (Some(least), Some(most)) => format!("write {least} to {most}"),
            (Some(least), None) => format!("write {least} or more"),
            (None, Some(most)) => format!("write {most} or less"),
            (None, None) => return,
        };
        let what = if is_low { "too little" } else { "too much" };
        self.report(place, at, &format!("{number} is {what}; {advice}"));
    }

    fn report(&mut self, place: &Place<'_>, at: &Range<usize>, text: &str) {
        self.found.add(at, format!("`{}`: {text}", place.path()));
    }
}
