//! What is known of the fields' types before the first record.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::Type;

/// The types that are settled, by the field's name in the record. A field that is not among them takes the type that
/// its values have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    fields: BTreeMap<Arc<str>, (Type, Settled)>,
}

/// Who settled a field's type, and so what becomes of a value of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settled {
    /// The field of the collection that it ends in. The value is kept beside the column, so that a plugin may still
    /// mend it.
    Target,
    /// `[decode.fields]`. The record is rejected.
    Declared,
}

impl Plan {
    /// Settles the type of a field. What is declared holds against the target, else the last word holds.
    pub fn settle(&mut self, name: impl Into<Arc<str>>, ty: Type, by: Settled) {
        let settled = self.fields.entry(name.into()).or_insert((ty, by));
        if by >= settled.1 {
            *settled = (ty, by);
        }
    }

    /// The type of a field, where it is settled.
    pub fn get(&self, name: &str) -> Option<(Type, Settled)> {
        self.fields.get(name).copied()
    }

    /// All settled types, by name.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, Type, Settled)> {
        self.fields.iter().map(|(name, (ty, by))| (name, *ty, *by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_holds_against_the_target_whichever_comes_first() {
        let mut plan = Plan::default();
        plan.settle("a", Type::Int, Settled::Declared);
        plan.settle("a", Type::Text, Settled::Target);
        plan.settle("b", Type::Text, Settled::Target);
        plan.settle("b", Type::Int, Settled::Declared);

        assert_eq!(plan.get("a"), Some((Type::Int, Settled::Declared)));
        assert_eq!(plan.get("b"), Some((Type::Int, Settled::Declared)));
        assert_eq!(plan.get("c"), None);
    }
}
