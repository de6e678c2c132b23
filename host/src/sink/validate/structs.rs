//! Arrays of structs: JSON arrays of objects, taken apart into a list a member.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field as ArrowField;

use super::flaw::{Flaw, Report};
use super::{scalars, vectors};
use crate::batch::{Column, Reading};
use crate::json::{Kind, Scanner, Unread};
use crate::target::{Field, FieldType};

/// An Array of Struct's column as its field has it: of each member the lists of its values, as of an Array; those of a
/// vector are lists of vectors.
pub(super) fn ready(column: &Column, members: &[Field], max_capacity: u32, report: Report<'_>) -> ArrayRef {
    let mut values: Vec<StringBuilder> = members.iter().map(|_| StringBuilder::new()).collect();
    let (mut lengths, mut valid) = (Vec::with_capacity(column.len()), Vec::with_capacity(column.len()));
    for row in 0..column.len() {
        let text = Reading::Field(column).json_text(row).filter(|text| text.trim_ascii() != "null");
        let elements = text.as_deref().map(|text| elements_of(text, members));
        lengths.push(match &elements {
            Some(Ok(elements)) => {
                for element in elements {
                    values.iter_mut().zip(element).for_each(|(values, value)| values.append_value(value));
                }
                elements.len()
            }
            _ => 0,
        });
        match &elements {
            Some(Ok(elements)) if elements.len() > max_capacity as usize => {
                report(row, Flaw::Elements(elements.len()));
            }
            Some(Err(flaw)) => report(row, flaw.clone()),
            _ => {}
        }
        valid.push(matches!(elements, Some(Ok(_))));
    }

    let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
    let lists = members.iter().zip(values).map(|(member, mut values)| {
        let column = Column::json(values.finish());
        let row_of = |index: usize| offsets.partition_point(|offset| *offset as usize <= index) - 1;
        let mut report = |index, flaw| report(row_of(index), Flaw::Member(Arc::clone(&member.name), Box::new(flaw)));
        let array = match &member.ty {
            FieldType::Vector { ty, dim } => vectors::ready(&column, *ty, *dim, &mut report),
            ty => scalars::ready(&column, ty, &mut report),
        };
        (0..array.len()).filter(|index| array.is_null(*index)).for_each(|index| report(index, Flaw::Missing));
        let item = Arc::new(ArrowField::new_list_field(array.data_type().clone(), true));
        let lists = ListArray::new(Arc::clone(&item), offsets.clone(), array, None);
        (Arc::new(ArrowField::new(&*member.name, lists.data_type().clone(), false)), Arc::new(lists) as ArrayRef)
    });
    let (fields, lists): (Vec<_>, Vec<_>) = lists.unzip();
    Arc::new(StructArray::new(fields.into(), lists, Some(NullBuffer::from(valid))))
}

/// The values of the members of each element, as JSON text.
fn elements_of<'a>(text: &'a str, members: &[Field]) -> Result<Vec<Vec<&'a str>>, Flaw> {
    let mut scanner = Scanner::new(text);
    let mut elements = Vec::new();
    let read = |unread| match unread {
        Unread::Misfit(misfit) => Flaw::Unfit(misfit.to_string()),
        Unread::Mistake(mistake) => Flaw::NotJson(mistake.to_string()),
    };
    scanner.expect(Kind::Array).map_err(read)?;
    let not_json = |mistake: crate::json::Mistake| Flaw::NotJson(mistake.to_string());
    scanner.open().map_err(not_json)?;
    while scanner.next_element().map_err(not_json)? {
        scanner.expect(Kind::Object).map_err(|unread| read(unread.within(Kind::Array)))?;
        scanner.open().map_err(not_json)?;
        let mut element = vec![None; members.len()];
        while let Some(name) = scanner.next_name().map_err(not_json)? {
            let place = members.iter().position(|member| name.is(&member.name)).ok_or(Flaw::Unknown)?;
            // Of a name that comes twice the last value holds, as everywhere in JSON.
            element[place] = Some(scanner.value().map_err(not_json)?);
        }
        let missing = |(value, member): (Option<&'a str>, &Field)| {
            value.ok_or_else(|| Flaw::Member(Arc::clone(&member.name), Box::new(Flaw::Missing)))
        };
        elements.push(element.into_iter().zip(members).map(missing).collect::<Result<_, _>>()?);
    }
    scanner.end().map_err(not_json)?;
    Ok(elements)
}
