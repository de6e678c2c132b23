//! What is known of the fields' types before the first record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::batch::Type;

/// The types that are settled, by the field's name in the record, and which fields are primary keys. A field that is not
/// among the types takes the one that its values have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    fields: BTreeMap<Arc<str>, (Type, Settled)>,
    primary: BTreeSet<Arc<str>>,
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

    /// Says that a field ends in the primary key of a collection.
    pub fn set_primary(&mut self, name: impl Into<Arc<str>>) {
        self.primary.insert(name.into());
    }

    /// True where a field ends in a primary key.
    pub fn is_primary(&self, name: &str) -> bool {
        self.primary.contains(name)
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
