//! What can be wrong with a value, and how that is said. No reason holds a value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::{Operation, Operations, VectorType};
use crate::target::{Field, FieldType};
use crate::vector::INDEX_MAX;

/// Most bytes of JSON in a field, the dynamic field's included.
pub(super) const JSON_MAX: usize = 65_536;

/// What is wrong with a row's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Flaw {
    /// There is none, and the field needs one.
    Missing,
    /// It is of another kind than the field's.
    Kind(&'static str),
    /// What it is, or what it has in it, that no vector and no Array of Struct has.
    Unfit(String),
    /// So many bytes, which are no vector of the field's dimension.
    VectorBytes(usize),
    /// An index of a sparse vector that is beyond what Milvus takes, or not above the one before.
    Index,
    /// A text that is no moment, and why.
    Moment(&'static str),
    /// A text that is no shape.
    Shape,
    /// One of an element's members has this flaw.
    Member(Arc<str>, Box<Flaw>),
    /// A member that the elements do not have.
    Unknown,
    /// An integer that the type does not have.
    Range,
    /// A float that the type does not have.
    Beyond,
    /// An integer that a float only holds rounded.
    Inexact,
    /// NaN or an infinity.
    NotFinite,
    /// A text of so many bytes.
    TextBytes(usize),
    /// JSON of so many bytes.
    JsonBytes(usize),
    /// Text that is not JSON, and where it stops being it.
    NotJson(String),
    /// A JSON value of a kind that this server does not take, and those that it takes.
    JsonKind { kind: &'static str, takes: &'static str },
    /// So many elements.
    Elements(usize),
    /// An element that is null.
    NullElement,
    /// One of the elements has this flaw.
    Element(Box<Flaw>),
    /// So many dimensions.
    Dimensions(usize),
    /// The field is of a type that Kiteline does not write.
    Unsupported,
}

/// Where families of types report to: row and flaw.
pub(super) type Report<'a> = &'a mut dyn FnMut(usize, Flaw);

/// The first flaw of each row, as a reason and the field that it is about. Of a row that is to be deleted only the
/// primary key is looked at.
#[derive(Debug)]
pub(super) struct Flaws<'a> {
    operations: &'a Operations,
    by_row: BTreeMap<u32, (Option<Arc<str>>, String)>,
}

impl<'a> Flaws<'a> {
    /// None yet, of rows with these operations.
    pub(super) fn of_rows(operations: &'a Operations) -> Self {
        Self { operations, by_row: BTreeMap::new() }
    }

    /// A flaw of a field's value.
    pub(super) fn add(&mut self, row: usize, field: &Field, flaw: &Flaw) {
        if field.primary || !self.is_delete(row) {
            self.put(row, Some(&field.name), || flaw.text(&field.ty));
        }
    }

    /// What is wrong with a row's having a field.
    pub(super) fn add_field(&mut self, row: usize, field: &Arc<str>, text: impl FnOnce() -> String) {
        if !self.is_delete(row) {
            self.put(row, Some(field), text);
        }
    }

    /// What is wrong with a row as a whole.
    pub(super) fn add_row(&mut self, row: usize, reason: impl FnOnce() -> String) {
        if !self.is_delete(row) {
            self.put(row, None, reason);
        }
    }

    /// What stands against what is to be done with a row.
    pub(super) fn add_operation(&mut self, row: usize, reason: &str) {
        self.put(row, None, || reason.into());
    }

    /// True where a row has a flaw.
    pub(super) fn has(&self, row: usize) -> bool {
        self.by_row.contains_key(&(row as u32))
    }

    fn is_delete(&self, row: usize) -> bool {
        self.operations.get(row) == Operation::Delete
    }

    /// The first flaw of a row stays.
    fn put(&mut self, row: usize, field: Option<&Arc<str>>, text: impl FnOnce() -> String) {
        self.by_row.entry(row as u32).or_insert_with(|| match field {
            Some(field) => (Some(Arc::clone(field)), format!("field `{field}`: {}", text())),
            None => (None, text()),
        });
    }

    /// Rows with their field and reason.
    pub(super) fn into_rows(self) -> impl Iterator<Item = (usize, Option<Arc<str>>, String)> {
        self.by_row.into_iter().map(|(row, (field, reason))| (row as usize, field, reason))
    }
}

impl Flaw {
    /// The flaw in words, for a field of that type.
    pub(super) fn text(&self, ty: &FieldType) -> String {
        let name = name(ty);
        match self {
            Self::Missing => "no value, and the collection has no default".into(),
            Self::Kind(kind) => format!("{kind} where {name} is needed"),
            Self::Unfit(found) => format!("{found} where {name} is needed"),
            Self::VectorBytes(bytes) => format!("{bytes} bytes where {name} of {} dimensions is needed", limit(ty)),
            Self::Index => format!("an index beyond {INDEX_MAX}, or one that is not above the one before"),
            Self::Moment(why) => {
                format!("{why} where {name} is needed: RFC 3339 with an offset, as 2026-01-31T08:00:00+01:00")
            }
            Self::Shape => format!("a text that is no well-known text (WKT) where {name} is needed"),
            Self::Member(member, flaw) => format!("`{member}` of an element: {}", flaw.text(member_type(ty, member))),
            Self::Unknown => "a member that its elements do not have".into(),
            Self::Range => format!("an integer outside the range of {name}"),
            Self::Beyond => format!("a number beyond the range of {name}"),
            Self::Inexact => format!("an integer that {name} holds only rounded"),
            Self::NotFinite => "NaN or infinity, which Milvus does not take".into(),
            Self::TextBytes(bytes) => format!("a text of {bytes} bytes where {} are the most", limit(ty)),
            Self::JsonBytes(bytes) => format!("{bytes} bytes of JSON where {JSON_MAX} are the most"),
            Self::NotJson(mistake) => format!("not JSON: {mistake}"),
            Self::JsonKind { kind, takes } => format!("{kind} where this version of Milvus takes JSON {takes} only"),
            Self::Elements(count) => format!("{count} elements where {} are the most", limit(ty)),
            Self::NullElement => "null among the elements".into(),
            Self::Element(flaw) => match ty {
                FieldType::Array { element, .. } => format!("among the elements {}", flaw.text(element)),
                FieldType::Vector { ty: VectorType::Float | VectorType::SparseFloat, .. } => {
                    format!("among the numbers {}", flaw.text(&FieldType::Float))
                }
                _ => format!("among the numbers {}", flaw.text(ty)),
            },
            Self::Unsupported => format!("{name} is not written yet"),
            Self::Dimensions(count) => format!("{count} dimensions where {} are needed", limit(ty)),
        }
    }
}

/// The type's name, an Array's with that of its elements.
fn name(ty: &FieldType) -> Cow<'_, str> {
    match ty {
        FieldType::Array { element, .. } => format!("Array of {}", element.name()).into(),
        _ => ty.name().into(),
    }
}

/// The type of a member of an Array of Struct's elements.
fn member_type<'a>(ty: &'a FieldType, member: &str) -> &'a FieldType {
    let FieldType::Array { element, .. } = ty else { return ty };
    let FieldType::Struct(members) = &**element else { return ty };
    members.iter().find(|of| *of.name == *member).map_or(ty, |of| &of.ty)
}

/// The type's own limit.
fn limit(ty: &FieldType) -> u32 {
    match ty {
        FieldType::VarChar { max_length } => *max_length,
        FieldType::Array { max_capacity, .. } => *max_capacity,
        FieldType::Vector { dim, .. } => *dim,
        _ => 0,
    }
}
