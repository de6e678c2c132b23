//! Arrays: rows of elements.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, ListArray, StringArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};

use super::flaw::{Flaw, Report};
use super::scalars;
use super::value::Value;
use crate::batch::{Column, Element, Type, VectorType};
use crate::target::FieldType;

/// An Array's column as its field has it.
pub(super) fn array(column: &Column, element: &FieldType, max_capacity: u32, report: Report<'_>) -> ArrayRef {
    let array = match wanted_element(element) {
        Some(wanted) if is_plain(column, wanted) => Arc::clone(column.array()),
        _ => convert(column, element, report),
    };
    let lists = array.as_list::<i32>();
    check_lengths(lists, |length| length <= max_capacity as usize, Flaw::Elements, report);
    let values = used(lists);
    scalars::check(&values, element, &mut |index, flaw| report_element(lists, index, flaw, report));
    array
}

/// True where the column is of such elements, all of them there: then its memory is what the field needs.
pub(super) fn is_plain(column: &Column, wanted: Element) -> bool {
    let element = match column.ty() {
        Type::Array(element) => element,
        Type::Vector(VectorType::Float) => Element::Float32,
        _ => return false,
    };
    element == wanted && column.others().is_none() && used(column.array().as_list::<i32>()).null_count() == 0
}

fn wanted_element(element: &FieldType) -> Option<Element> {
    match element.column_type()? {
        Type::Bool => Some(Element::Bool),
        Type::Int => Some(Element::Int),
        Type::Float32 => Some(Element::Float32),
        Type::Float64 => Some(Element::Float64),
        Type::Text => Some(Element::Text),
        _ => None,
    }
}

/// Takes the rows apart, whatever they are.
fn convert(column: &Column, element: &FieldType, report: Report<'_>) -> ArrayRef {
    match element {
        FieldType::Bool => {
            build(column, Element::Bool, |value| value.bool(), |e| Arc::new(BooleanArray::from(e)), report)
        }
        FieldType::Float => {
            build(column, Element::Float32, |value| value.float(), |e| Arc::new(Float32Array::from(e)), report)
        }
        FieldType::Double => {
            build(column, Element::Float64, |value| value.double(), |e| Arc::new(Float64Array::from(e)), report)
        }
        FieldType::VarChar { .. } => build(
            column,
            Element::Text,
            |value| value.text().map(String::from),
            |e| Arc::new(StringArray::from(e)),
            report,
        ),
        _ => build(column, Element::Int, |value| value.int(), |e| Arc::new(Int64Array::from(e)), report),
    }
}

fn build<T>(
    column: &Column,
    element: Element,
    read: impl Fn(&Value<'_>) -> Result<T, Flaw>,
    finish: impl FnOnce(Vec<T>) -> ArrayRef,
    report: Report<'_>,
) -> ArrayRef {
    let (elements, offsets, nulls) = rows(column, |value, out| each_element(value, &read, |one| out.push(one)), report);
    let column = Column::arrays(element, offsets, Some(nulls), finish(elements));
    Arc::clone(column.array())
}

/// Takes each element of an array, or each number of a vector.
pub(super) fn each_element<T>(
    value: &Value<'_>,
    read: impl Fn(&Value<'_>) -> Result<T, Flaw>,
    mut take: impl FnMut(T),
) -> Result<(), Flaw> {
    value.elements(|element| {
        take(read(&element).map_err(|flaw| Flaw::Element(Box::new(flaw)))?);
        Ok(())
    })
}

/// What `read` appends for each row, where it starts and ends, and which rows have something.
pub(super) fn rows<T>(
    column: &Column,
    read: impl Fn(&Value<'_>, &mut Vec<T>) -> Result<(), Flaw>,
    report: Report<'_>,
) -> (Vec<T>, OffsetBuffer<i32>, NullBuffer) {
    let mut items = Vec::new();
    let mut lengths = Vec::with_capacity(column.len());
    let mut valid = Vec::with_capacity(column.len());
    for row in 0..column.len() {
        let start = items.len();
        let read = Value::of(column, row).map(|value| read(&value, &mut items));
        valid.push(matches!(read, Some(Ok(()))));
        if let Some(Err(flaw)) = read {
            items.truncate(start);
            report(row, flaw);
        }
        lengths.push(items.len() - start);
    }
    (items, OffsetBuffer::from_lengths(lengths), NullBuffer::from(valid))
}

pub(super) fn check_lengths(
    lists: &ListArray,
    fits: impl Fn(usize) -> bool,
    flaw: impl Fn(usize) -> Flaw,
    report: Report<'_>,
) {
    for (row, pair) in lists.offsets().windows(2).enumerate() {
        let length = (pair[1] - pair[0]) as usize;
        if !fits(length) && lists.is_valid(row) {
            report(row, flaw(length));
        }
    }
}

/// The elements that the rows use: a slice has more below it.
pub(super) fn used(lists: &ListArray) -> ArrayRef {
    let offsets = lists.offsets();
    let start = offsets[0] as usize;
    lists.values().slice(start, offsets[lists.len()] as usize - start)
}

/// Reports the flaw of one of the used elements at its row. A row that is null may have elements below it.
pub(super) fn report_element(lists: &ListArray, index: usize, flaw: Flaw, report: Report<'_>) {
    let index = lists.offsets()[0] as usize + index;
    let row = lists.offsets().partition_point(|offset| *offset as usize <= index) - 1;
    if lists.is_valid(row) {
        report(row, Flaw::Element(Box::new(flaw)));
    }
}
