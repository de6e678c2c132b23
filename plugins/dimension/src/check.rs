//! Which dimension a row's vector should have.

use std::num::NonZeroUsize;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The field; each vector field of the target where it is left out.
    pub(crate) field: Option<String>,
    /// The dimension; that of the live schema where it is left out.
    pub(crate) dimension: Option<NonZeroUsize>,
}

/// The dimension of a field.
#[derive(Debug, PartialEq)]
pub(crate) enum Expected {
    /// The same wherever a row goes.
    Always(usize),
    /// By the collection that the row goes to; one that is not named has no such vector field.
    ByCollection(Vec<(String, usize)>),
}

impl Config {
    /// Refuses what can never reject a row. Without servers there is no collection, and nothing of that is known.
    pub(crate) fn check(&self, collections: &[String], is_vector: impl Fn(&str, &str) -> bool) -> Result<(), String> {
        match (&self.field, self.dimension) {
            (None, Some(_)) => Err("dimension: say in `field` which field has it".into()),
            (Some(field), None) if !collections.is_empty() => {
                if collections.iter().any(|collection| is_vector(collection, field)) {
                    return Ok(());
                }
                Err(format!(
                    "field: {field} is no dense vector field of {}; give its `dimension`, or the name that it has there",
                    collections.join(", ")
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Expected {
    /// From the collections that have the field, of so many in all.
    pub(crate) fn of(dims: Vec<(String, usize)>, collections: usize) -> Self {
        let first = dims[0].1;
        let same = dims.len() == collections && dims.iter().all(|(_, dim)| *dim == first);
        if same { Self::Always(first) } else { Self::ByCollection(dims) }
    }

    pub(crate) fn in_collection(&self, collection: &str) -> Option<usize> {
        match self {
            Self::Always(dim) => Some(*dim),
            Self::ByCollection(dims) => dims.iter().find(|(name, _)| name == collection).map(|(_, dim)| *dim),
        }
    }
}

pub(crate) fn reason(field: &str, dim: usize, expected: usize) -> String {
    format!("{field} has {dim} dimensions, expected {expected}")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

    use super::{Config, Expected, reason};

    fn config(field: Option<&str>, dimension: Option<usize>) -> Config {
        Config { field: field.map(str::to_owned), dimension: dimension.and_then(NonZeroUsize::new) }
    }

    fn check(config: &Config, collections: &[&str]) -> Result<(), String> {
        let collections: Vec<String> = collections.iter().map(|name| (*name).to_owned()).collect();
        config.check(&collections, |collection, field| collection == "songs" && field == "sound")
    }

    #[test]
    fn a_dimension_needs_a_field() {
        let error = check(&config(None, Some(8)), &[]).expect_err("which field?");
        assert_eq!(error, "dimension: say in `field` which field has it");
    }

    #[test]
    fn a_field_that_the_target_does_not_have_needs_a_dimension() {
        let error = check(&config(Some("emb"), None), &["songs", "films"]).expect_err("no such field");
        assert_eq!(
            error,
            "field: emb is no dense vector field of songs, films; give its `dimension`, or the name that it has there"
        );
        assert_eq!(check(&config(Some("emb"), Some(8)), &["songs", "films"]), Ok(()));
        assert_eq!(check(&config(Some("sound"), None), &["films", "songs"]), Ok(()));
    }

    #[test]
    fn without_servers_any_field_will_do() {
        assert_eq!(check(&config(Some("emb"), None), &[]), Ok(()));
    }

    #[test]
    fn collections_that_agree_need_no_look_at_the_rows() {
        let dims = |second| vec![("a".to_owned(), 4), ("b".to_owned(), second)];
        assert_eq!(Expected::of(dims(4), 2), Expected::Always(4));
        assert_eq!(Expected::of(dims(8), 2).in_collection("b"), Some(8));
    }

    #[test]
    fn a_collection_without_the_field_is_not_checked() {
        let expected = Expected::of(vec![("a".to_owned(), 4)], 2);
        assert_eq!((expected.in_collection("a"), expected.in_collection("b")), (Some(4), None));
    }

    #[test]
    fn the_reason_names_both_dimensions() {
        assert_eq!(reason("embedding", 383, 384), "embedding has 383 dimensions, expected 384");
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs::<Config>(include_str!("../README.md")) {
            config.check(&[], |_, _| true).expect("the example is right");
        }
        assert_schema_names_the_keys_of::<Config>(include_str!("../config.schema.json"));
    }
}
