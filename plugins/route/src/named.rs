//! The partitions that values have named so far.

use crate::names::hash;

/// Names in the order of their hashes: every row asks for one, and numbers are compared sooner than texts.
#[derive(Debug, Default)]
pub(crate) struct Named(Vec<(u64, Box<str>)>);

impl Named {
    pub(crate) fn contains(&self, name: &str) -> bool {
        let hash = hash(name);
        let first = self.0.partition_point(|(known, _)| *known < hash);
        self.0[first..].iter().take_while(|(known, _)| *known == hash).any(|(_, known)| **known == *name)
    }

    /// Adds a name that is not there yet.
    pub(crate) fn insert(&mut self, name: &str) {
        let hash = hash(name);
        let first = self.0.partition_point(|(known, _)| *known < hash);
        self.0.insert(first, (hash, name.into()));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn a_name_is_there_once_it_was_inserted() {
        let mut named = Named::default();
        let names: Vec<String> = (0..1000).map(|number| format!("p{number}")).collect();
        for (count, name) in names.iter().enumerate() {
            assert_eq!((named.contains(name), named.len()), (false, count));
            named.insert(name);
            assert!(named.contains(name));
        }
        assert!(names.iter().all(|name| named.contains(name)) && !named.contains("p1000") && !named.contains(""));
    }
}
