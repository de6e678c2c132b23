//! Collections with a partition key: Milvus chooses the partition from the key's field, and rows name none.

use kiteline_guest::{Batch, Texts, target};

use crate::rule::Routed;

/// The partition key of a collection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) field: String,
    /// An Int64; else it is a VarChar.
    pub(crate) int: bool,
}

impl Key {
    pub(crate) fn of(collection: &str) -> Option<Self> {
        let field = target::partition_key(collection)?;
        let int = target::field_type(collection, &field).is_some_and(|name| name.starts_with("Int"));
        Some(Self { field, int })
    }
}

/// The values that rows get in their collection's key field.
#[derive(Debug)]
pub(crate) struct Fill<'a> {
    rows: usize,
    columns: Vec<(Key, Vec<Option<Routed<'a>>>)>,
}

impl<'a> Fill<'a> {
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    pub(crate) fn set(&mut self, row: usize, key: Option<&Key>, value: Routed<'a>) {
        let Some(key) = key else { return };
        let place = self.columns.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            self.columns.push((key.clone(), vec![None; self.rows]));
            self.columns.len() - 1
        });
        self.columns[place].1[row] = Some(value);
    }

    pub(crate) fn write(self, batch: &mut Batch) {
        let alone = self.columns.len() == 1;
        for (key, values) in self.columns {
            if alone && key.int && values.iter().all(|value| matches!(value, Some(Routed::Int(_)))) {
                batch.set_ints(&key.field, &values.iter().map(Routed::int).collect::<Vec<_>>());
            } else if alone && values.iter().all(|value| matches!(value, Some(Routed::Text(_)))) {
                let texts: Texts = values.iter().map(Routed::text).collect();
                batch.set_texts(&key.field, &texts);
            } else {
                // Rows that get no value keep theirs, of whatever type.
                let old = batch.json_texts(&key.field);
                let new: Texts =
                    values.iter().zip(old.iter()).map(|(value, old)| merged(value.as_ref(), old)).collect();
                batch.set_json_texts(&key.field, &new);
            }
        }
    }
}

fn merged(value: Option<&Routed<'_>>, old: Option<&str>) -> Option<String> {
    match value {
        Some(Routed::Int(int)) => Some(int.to_string()),
        Some(Routed::Text(text) | Routed::Name(text)) => Some(serde_json::Value::from(text.as_ref()).to_string()),
        None => old.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::merged;
    use crate::rule::Routed;

    #[test]
    fn a_row_that_gets_no_value_keeps_its_own() {
        assert_eq!(merged(Some(&Routed::Int(7)), Some("8")), Some("7".into()));
        assert_eq!(merged(Some(&Routed::Text("a\"b".into())), None), Some(r#""a\"b""#.into()));
        assert_eq!(merged(None, Some("[1]")), Some("[1]".into()));
        assert_eq!(merged(None, None), None);
    }
}
