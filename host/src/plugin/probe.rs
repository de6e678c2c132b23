//! Which field of the record ends in which field of the target: learned from a call with an empty batch that acts as
//! if it had every field.

use std::collections::HashMap;

/// Where a field at the end of the chain comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From the record's field of this name, as it was.
    Field(String),
    /// A plugin writes it.
    Written,
    /// It is removed.
    Gone,
}

/// Where the fields come from, after some plugins.
#[derive(Debug, Clone, Default)]
pub(super) struct Lineage {
    /// Fields that are not what the record's field of their name was.
    changed: HashMap<String, Source>,
    /// True once only the fields in `changed` are left.
    closed: bool,
}

impl Lineage {
    /// Where a field comes from.
    pub(super) fn source(&self, field: &str) -> Source {
        match self.changed.get(field) {
            Some(source) => source.clone(),
            None if self.closed => Source::Gone,
            None => Source::Field(field.to_owned()),
        }
    }

    /// The fields that plugins have named and left, in the order of their names.
    pub(super) fn named(&self) -> Vec<(String, Source)> {
        let left = self.changed.iter().filter(|(_, source)| **source != Source::Gone);
        let mut left: Vec<_> = left.map(|(name, source)| (name.clone(), source.clone())).collect();
        left.sort_by(|(a, _), (b, _)| a.cmp(b));
        left
    }

    /// Whether fields that no plugin names come through.
    pub(super) fn is_open(&self) -> bool {
        !self.closed
    }

    pub(super) fn rename(&mut self, old: &str, new: &str) -> bool {
        let source = self.source(old);
        let there = source != Source::Gone;
        if there && old != new {
            self.changed.insert(old.to_owned(), Source::Gone);
            self.changed.insert(new.to_owned(), source);
        }
        there
    }

    pub(super) fn remove(&mut self, field: &str) -> bool {
        let there = self.source(field) != Source::Gone;
        self.changed.insert(field.to_owned(), Source::Gone);
        there
    }

    pub(super) fn keep(&mut self, fields: &[String]) {
        self.changed = fields.iter().map(|field| (field.clone(), self.source(field))).collect();
        self.closed = true;
    }

    pub(super) fn write(&mut self, field: &str) {
        self.changed.insert(field.to_owned(), Source::Written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Source {
        Source::Field(name.into())
    }

    #[test]
    fn a_renamed_field_comes_from_the_records_field() {
        let mut lineage = Lineage::default();
        assert!(lineage.rename("emb", "vector"));
        assert!(lineage.rename("vector", "embedding"));
        assert_eq!(lineage.source("embedding"), field("emb"));
        assert_eq!(lineage.source("emb"), Source::Gone);
        assert_eq!(lineage.source("pkg"), field("pkg"));
        assert!(!lineage.rename("emb", "again"));
    }

    #[test]
    fn swapped_names_swap_their_sources() {
        let mut lineage = Lineage::default();
        for (old, new) in [("a", "t"), ("b", "a"), ("t", "b")] {
            assert!(lineage.rename(old, new));
        }
        assert_eq!((lineage.source("a"), lineage.source("b")), (field("b"), field("a")));
    }

    #[test]
    fn a_written_field_has_no_source_and_only_kept_fields_are_left() {
        let mut lineage = Lineage::default();
        lineage.write("arch");
        lineage.rename("pkg", "name");
        lineage.keep(&["name".into(), "arch".into(), "ver".into()]);
        assert_eq!(lineage.source("arch"), Source::Written);
        assert_eq!(lineage.source("name"), field("pkg"));
        assert_eq!(lineage.source("ver"), field("ver"));
        assert_eq!(lineage.source("summary"), Source::Gone);
        let named = [("arch", Source::Written), ("name", field("pkg")), ("ver", field("ver"))];
        assert_eq!(lineage.named(), named.map(|(name, source)| (name.to_owned(), source)));
        assert!(!lineage.is_open() && Lineage::default().is_open());
    }
}
