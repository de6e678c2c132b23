//! What the fields of a few records are, by their values: what `check --sample` holds against the collection, and what
//! `init` guesses from.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow_array::Array;

use crate::batch::{Batch, Column, Operation, Reading, Records, Rejection, Type};
use crate::decode::Decoder;

/// What a sample's records have.
#[derive(Debug)]
pub(crate) struct Sample {
    /// How many records could be decoded.
    pub(crate) decoded: usize,
    /// Those records.
    pub(crate) batch: Batch,
    /// Their fields, in the order in which they came.
    pub(crate) fields: Vec<Found>,
    /// The other records.
    pub(crate) rejected: Vec<Rejection>,
    /// The field that each record has its key in as well.
    pub(crate) key_field: Option<String>,
}

/// A field of a sample's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) name: Arc<str>,
    /// The type of its values, or of most of them.
    pub(crate) ty: Type,
    /// In how many records it has a value of that type.
    pub(crate) count: usize,
    /// In how many it has another one, by its kind.
    pub(crate) others: BTreeMap<&'static str, usize>,
    /// True where the records' keys have it and their values don't.
    pub(crate) of_key: bool,
    /// Elements of its arrays, or bytes of its texts: the fewest and the most.
    pub(crate) lengths: Option<RangeInclusive<usize>>,
    /// True where no two records have the same: of integers and texts.
    pub(crate) is_distinct: bool,
}

impl Sample {
    /// Learns from records, by a decoder that takes types from values, and one that leaves the keys out.
    pub(crate) fn learn(decoder: &mut Decoder, of_values: &mut Decoder, records: &Arc<Records>) -> Self {
        let decoded = decoder.decode(Arc::clone(records), Operation::Upsert);
        let values = of_values.decode(Arc::clone(records), Operation::Upsert).batch;
        let has_value = |name: &str| values.column(name).is_some_and(any_value);
        let fields = decoded.batch.fields().map(|(name, column)| found(name, column, !has_value(name))).collect();
        Self {
            decoded: decoded.batch.rows(),
            fields,
            rejected: decoded.rejected,
            batch: decoded.batch,
            key_field: None,
        }
    }

    /// The field of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&Found> {
        self.fields.iter().find(|field| &*field.name == name)
    }
}

impl Found {
    /// True where no record has a value of it.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0 && self.others.is_empty()
    }

    /// What was found, as `int in 8 of 10 records, a text in 2`.
    pub(crate) fn text(&self, records: usize) -> String {
        if self.is_empty() {
            return format!("null in all of {records} records");
        }
        let mut parts = Vec::new();
        if self.count > 0 {
            let mut text = self.ty.name().to_owned();
            if let Some(lengths) = &self.lengths {
                let (least, most) = (lengths.start(), lengths.end());
                let unit = match (self.ty, most) {
                    (Type::Text, 1) => " byte",
                    (Type::Text, _) => " bytes",
                    _ => "",
                };
                let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
                write!(text, " of {range}{unit}").expect("writing to a String");
            }
            parts.push(format!("{text} in {} of {records} records", self.count));
        }
        for (kind, count) in &self.others {
            let of = if parts.is_empty() { format!(" of {records} records") } else { String::new() };
            parts.push(format!("{kind} in {count}{of}"));
        }
        parts.join(", ")
    }
}

/// How many rows have a value of a field, by a condition on the rows.
pub(crate) fn filled(batch: &Batch, field: &str, counts: impl Fn(usize) -> bool) -> usize {
    let Some(column) = batch.column(field) else { return 0 };
    (0..batch.rows()).filter(|row| counts(*row) && !column.is_null(*row)).count()
}

fn any_value(column: &Column) -> bool {
    (0..column.len()).any(|row| !column.is_null(row))
}

fn found(name: &Arc<str>, column: &Column, of_key: bool) -> Found {
    let mut others = BTreeMap::new();
    for text in column.others().into_iter().flat_map(|others| others.values()) {
        *others.entry(kind(text)).or_insert(0) += 1;
    }
    let lengths: Vec<usize> = match column.ty() {
        Type::Text => column.as_texts().into_iter().flat_map(|texts| texts.iter().flatten().map(str::len)).collect(),
        Type::Array(_) | Type::Vector(_) => Reading::Field(column)
            .dims()
            .into_iter()
            .chain(Reading::Field(column).lengths())
            .filter_map(|length| usize::try_from(length).ok())
            .collect(),
        _ => Vec::new(),
    };
    let count = column.len() - column.array().null_count();
    let mut seen = HashSet::new();
    let is_distinct = matches!(column.ty(), Type::Int | Type::Text)
        && others.is_empty()
        && (0..column.len()).filter_map(|row| Reading::Field(column).json_text(row)).all(|text| seen.insert(text));
    Found {
        name: Arc::clone(name),
        ty: column.ty(),
        count,
        others,
        of_key,
        lengths: lengths.iter().min().zip(lengths.iter().max()).map(|(least, most)| *least..=*most),
        is_distinct,
    }
}

/// The kind of a JSON value, as messages name it.
fn kind(json: &str) -> &'static str {
    match json.trim_start().as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'[') => "an array",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') | None => "null",
        Some(_) => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Element;
    use crate::decode::{KeyFormat, Plan};
    use crate::pipeline::cases::records;

    fn learn(lines: &str) -> Sample {
        let records = Arc::new(records::read(lines, "items", 100).expect("records"));
        let mut both = Decoder::json(Plan::default()).with_keys(KeyFormat::Text, "id", Plan::default());
        Sample::learn(&mut both, &mut Decoder::json(Plan::default()), &records)
    }

    #[test]
    fn what_fields_are_is_learnt_from_their_values() {
        let sample = learn(
            r#"{"$value": {"a": 1, "t": "xy", "v": [0.5, 1], "j": {"x": 1}, "n": null}, "$key": "k1"}
            {"$value": {"a": "1", "t": "x", "v": [1, 2], "n": null}, "$key": "k2"}
            {"$value": {"a": 2, "t": "x", "v": [1, 2], "b": true}, "$key": "k3"}
            {"$text": "no JSON"}"#,
        );
        assert_eq!((sample.decoded, sample.rejected.len()), (3, 1));
        let texts: Vec<_> = sample.fields.iter().map(|field| format!("{}: {}", field.name, field.text(3))).collect();
        assert_eq!(
            texts,
            [
                "a: int in 2 of 3 records, a text in 1",
                "t: text of 1 to 2 bytes in 3 of 3 records",
                "v: float64[] of 2 in 3 of 3 records",
                "j: json in 1 of 3 records",
                "n: null in all of 3 records",
                "b: bool in 1 of 3 records",
                "id: text of 2 bytes in 3 of 3 records",
            ]
        );
        let of = |name: &str| sample.field(name).expect("found");
        assert_eq!((of("id").of_key, of("t").of_key), (true, false));
        assert_eq!((of("id").is_distinct, of("t").is_distinct), (true, false));
        assert_eq!((of("v").ty, of("v").lengths.clone()), (Type::Array(Element::Float64), Some(2..=2)));
    }
}
