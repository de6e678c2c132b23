//! The type that a value has where nobody settled it.

use crate::batch::{Element, Type};
use crate::decode::columns::Values;
use crate::json::{Kind, Mistake, Scanner, Unread};

/// The type of the next value. None for an empty array, which is of any array type.
pub(super) fn type_of(scanner: &Scanner<'_>) -> Result<Option<Type>, Mistake> {
    for ty in candidates(scanner)? {
        match Values::new(*ty, 0).read(&mut scanner.clone(), true) {
            Ok(()) => return Ok(Some(*ty)),
            Err(Unread::Misfit(_)) => {}
            Err(Unread::Mistake(mistake)) => return Err(mistake),
        }
    }
    Ok(None)
}

/// The types that the next value may have by its first bytes, the strictest in front.
fn candidates(scanner: &Scanner<'_>) -> Result<&'static [Type], Mistake> {
    let mut ahead = scanner.clone();
    Ok(match ahead.kind()? {
        Kind::Bool => &[Type::Bool],
        Kind::Number => &[Type::Int, Type::Float64, Type::Json],
        Kind::Text => &[Type::Text],
        Kind::Object | Kind::Null => &[Type::Json],
        Kind::Array => {
            ahead.open()?;
            if !ahead.next_element()? {
                return Ok(&[]);
            }
            match ahead.kind()? {
                Kind::Bool => &[Type::Array(Element::Bool), Type::Json],
                Kind::Number => &[Type::Array(Element::Int), Type::Array(Element::Float64), Type::Json],
                Kind::Text => &[Type::Array(Element::Text), Type::Json],
                Kind::Array | Kind::Object | Kind::Null => &[Type::Json],
            }
        }
    })
}
