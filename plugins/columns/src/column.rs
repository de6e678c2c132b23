//! Rows as columns. A column has one type: that of its values, or JSON where they differ, so that what a row comes to
//! never depends on the rows beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kiteline_guest::{Arrays, Bytes, Texts, Vectors};

use crate::text;
use crate::value::{Kind, Row, Value};

/// The fields of all rows so far, in the order in which they came.
#[derive(Debug, Default)]
pub struct Columns<'a> {
    gathered: Vec<Gathered<'a>>,
    by_name: BTreeMap<Cow<'a, str>, usize>,
}

/// The values of a field, and the rows that have them.
#[derive(Debug)]
struct Gathered<'a> {
    name: Cow<'a, str>,
    values: Vec<(usize, Value<'a>)>,
}

/// A field, ready to be written.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) values: Values<'a>,
}

/// One value or none a row, all of one type.
#[derive(Debug, PartialEq)]
pub(crate) enum Values<'a> {
    Bools(Vec<Option<bool>>),
    Ints(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Texts),
    Bytes(Bytes),
    Json(Texts),
    BoolArrays(Arrays<bool>),
    IntArrays(Arrays<i64>),
    FloatArrays(Arrays<f64>),
    TextArrays(Arrays<Cow<'a, str>>),
    Vectors(Vectors),
}

impl<'a> Columns<'a> {
    /// Adds a row; they come in their order.
    pub fn add(&mut self, number: usize, row: Row<'a>) {
        for (place, (name, value)) in row.into_iter().enumerate() {
            if let Some(value) = value {
                let place = self.place(name, place);
                self.gathered[place].values.push((number, value));
            }
        }
    }

    /// Most records have the same fields in the same order, so a look at one name is mostly enough.
    fn place(&mut self, name: Cow<'a, str>, guess: usize) -> usize {
        if self.gathered.get(guess).is_some_and(|column| column.name == name) {
            return guess;
        }
        if let Some(place) = self.by_name.get(&name) {
            return *place;
        }
        self.gathered.push(Gathered { name: name.clone(), values: Vec::new() });
        self.by_name.insert(name, self.gathered.len() - 1);
        self.gathered.len() - 1
    }

    /// The columns of so many rows.
    pub(crate) fn finish(self, rows: usize) -> impl Iterator<Item = Column<'a>> {
        self.gathered.into_iter().map(move |column| column.finish(rows))
    }
}

impl<'a> Gathered<'a> {
    fn finish(self, rows: usize) -> Column<'a> {
        let kinds = self.values.iter().map(|(_, value)| value.kind());
        let kind = kinds.reduce(Kind::with).unwrap_or(Kind::Json);
        Column { name: self.name, values: values(kind, self.values, rows) }
    }
}

fn values<'a>(kind: Kind, values: Vec<(usize, Value<'a>)>, rows: usize) -> Values<'a> {
    macro_rules! column {
        ($value:pat => $taken:expr) => {
            spread(values, rows, |value| match value {
                $value => Some($taken),
                _ => None,
            })
        };
    }
    macro_rules! arrays {
        ($kind:ident) => {
            spread(values, rows, |value| match value {
                Value::$kind(array) => Some(array),
                Value::EmptyArray => Some(Vec::new()),
                _ => None,
            })
        };
    }
    match kind {
        Kind::Bool => Values::Bools(column!(Value::Bool(value) => value).collect()),
        Kind::Int => Values::Ints(column!(Value::Int(value) => value).collect()),
        Kind::Float => Values::Floats(column!(Value::Float(value) => value).collect()),
        Kind::Text => Values::Texts(column!(Value::Text(value) => value).collect()),
        Kind::Bytes => Values::Bytes(column!(Value::Bytes(value) => value).collect()),
        Kind::Vector => Values::Vectors(column!(Value::Vector(value) => value).collect()),
        Kind::Bools => Values::BoolArrays(arrays!(Bools).collect()),
        Kind::Ints => Values::IntArrays(arrays!(Ints).collect()),
        Kind::Floats => Values::FloatArrays(arrays!(Floats).collect()),
        Kind::Texts => Values::TextArrays(arrays!(Texts).collect()),
        // No type is known of arrays that are all empty: as JSON they fit each.
        Kind::EmptyArray | Kind::Json => Values::Json(spread(values, rows, |value| Some(text::of(value))).collect()),
    }
}

/// One entry a row: what `take` makes of its value, none where it has none.
fn spread<'a, T>(
    values: Vec<(usize, Value<'a>)>,
    rows: usize,
    take: impl Fn(Value<'a>) -> Option<T>,
) -> impl Iterator<Item = Option<T>> {
    let mut values = values.into_iter().peekable();
    (0..rows).map(move |row| take(values.next_if(|(of, _)| *of == row)?.1))
}

#[cfg(test)]
mod tests {
    use kiteline_guest::{Arrays, Texts, Vectors};

    use super::{Columns, Value, Values};

    /// One field's column from one value or none a row.
    fn column(rows: Vec<Option<Value<'static>>>) -> Values<'static> {
        let mut columns = Columns::default();
        let count = rows.len();
        for (number, value) in rows.into_iter().enumerate() {
            columns.add(number, vec![("f".into(), value)]);
        }
        columns.finish(count).next().expect("there is a column").values
    }

    fn json(rows: Vec<Option<Value<'static>>>) -> Vec<Option<String>> {
        let Values::Json(texts) = column(rows) else { panic!("not a column of JSON") };
        texts.iter().map(|text| text.map(str::to_owned)).collect()
    }

    #[test]
    fn rows_without_a_value_are_none() {
        let ints = column(vec![None, Some(Value::Int(1)), None, Some(Value::Int(2)), None]);
        assert_eq!(ints, Values::Ints(vec![None, Some(1), None, Some(2), None]));
    }

    #[test]
    fn a_field_that_is_null_in_every_row_is_no_column() {
        let mut columns = Columns::default();
        columns.add(0, vec![("f".into(), None)]);
        assert_eq!(columns.finish(1).count(), 0);
    }

    #[test]
    fn each_type_has_its_column() {
        let texts: Texts = [Some("a"), None].into_iter().collect();
        assert_eq!(column(vec![Some(Value::Text("a".into())), None]), Values::Texts(texts));
        let vectors: Vectors = [Some([0.5, 1.0])].into_iter().collect();
        assert_eq!(column(vec![Some(Value::Vector(vec![0.5, 1.0]))]), Values::Vectors(vectors));
        assert_eq!(column(vec![Some(Value::Bool(true))]), Values::Bools(vec![Some(true)]));
        assert_eq!(column(vec![Some(Value::Float(0.5))]), Values::Floats(vec![Some(0.5)]));
        assert_eq!(column(vec![Some(Value::Bytes(b"b"))]), Values::Bytes([Some(b"b")].into_iter().collect()));
    }

    #[test]
    fn an_empty_array_fits_any_array() {
        let ints: Arrays<i64> = [Some(vec![]), Some(vec![7]), None].into_iter().collect();
        assert_eq!(column(vec![Some(Value::EmptyArray), Some(Value::Ints(vec![7])), None]), Values::IntArrays(ints));
        assert_eq!(json(vec![Some(Value::EmptyArray)]), [Some("[]".to_owned())]);
        assert_eq!(json(vec![Some(Value::EmptyArray), Some(Value::Int(1))]), [Some("[]".into()), Some("1".into())]);
    }

    #[test]
    fn rows_that_differ_in_type_are_json() {
        let rows = vec![
            Some(Value::Int(3)),
            Some(Value::Float(3.5)),
            Some(Value::Text("\"".into())),
            None,
            Some(Value::Bytes(&[255])),
            Some(Value::Texts(vec!["a".into()])),
            Some(Value::Floats(vec![0.5])),
            Some(Value::Json("{}".into())),
        ];
        let texts = ["3", "3.5", r#""\"""#, "", r#""/w==""#, r#"["a"]"#, "[0.5]", "{}"];
        let expected: Vec<_> = texts.into_iter().map(|text| (!text.is_empty()).then(|| text.to_owned())).collect();
        assert_eq!(json(rows), expected);
    }

    #[test]
    fn fields_are_found_in_whatever_order_a_row_has_them() {
        let mut columns = Columns::default();
        columns.add(0, vec![("a".into(), Some(Value::Int(1))), ("b".into(), Some(Value::Int(2)))]);
        columns.add(
            1,
            vec![
                ("b".into(), Some(Value::Int(3))),
                ("c".into(), Some(Value::Int(4))),
                ("a".into(), Some(Value::Int(5))),
            ],
        );
        let columns: Vec<_> = columns.finish(2).map(|column| (column.name.into_owned(), column.values)).collect();
        let ints = |first, second| Values::Ints(vec![first, second]);
        let name = |name: &str| name.to_owned();
        let expected = [
            (name("a"), ints(Some(1), Some(5))),
            (name("b"), ints(Some(2), Some(3))),
            (name("c"), ints(None, Some(4))),
        ];
        assert_eq!(columns, expected);
    }
}
