//! What is done with each batch, in its order.

use std::collections::BTreeMap;

use crate::Config;

/// What is done with each batch.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// Renames in an order in which none overwrites a field that another one still needs.
    pub(crate) renames: Vec<(String, String)>,
    /// The fields that stay, where only some do.
    pub(crate) pick: Option<Vec<String>>,
    /// The fields that go.
    pub(crate) drop: Vec<String>,
}

impl Plan {
    pub(crate) fn new(config: Config) -> Result<Self, String> {
        let Config { rename, pick, drop } = config;
        check_renames(&rename)?;
        if pick.as_ref().is_some_and(Vec::is_empty) {
            return Err("pick: name at least one field; leave the key out to keep all".into());
        }
        if pick.is_some() && !drop.is_empty() {
            return Err("pick and drop exclude each other: pick keeps the fields that it names and no other".into());
        }
        check_names("pick", pick.as_deref().unwrap_or_default(), &rename)?;
        check_names("drop", &drop, &rename)?;
        Ok(Self { renames: order(rename), pick, drop })
    }
}

fn check_renames(rename: &BTreeMap<String, String>) -> Result<(), String> {
    let mut old_of = BTreeMap::new();
    for (old, new) in rename {
        if old.is_empty() || new.is_empty() {
            return Err("rename: a name is empty".into());
        }
        if let Some(other) = old_of.insert(new, old) {
            return Err(format!("rename: {other} and {old} both become {new}"));
        }
    }
    Ok(())
}

/// The names are those after renaming: an old one is a mistake that would silently pick or drop nothing.
fn check_names(key: &str, names: &[String], rename: &BTreeMap<String, String>) -> Result<(), String> {
    for name in names {
        if let Some(new) = rename.get(name)
            && !rename.values().any(|new| new == name)
        {
            return Err(format!("{key}: {name} is renamed; name it as it is afterwards, {new}"));
        }
    }
    Ok(())
}

/// The name of a field that waits for its new one to be free. A control character begins it, as no field's name does.
const ASIDE: &str = "\u{1}aside";

/// A field that another one is renamed to goes first. Fields that pass their names round in a ring need a name that
/// none of them has while they do.
fn order(mut rename: BTreeMap<String, String>) -> Vec<(String, String)> {
    rename.retain(|old, new| old != new);
    let mut steps = Vec::with_capacity(rename.len() + 1);
    while let Some((first, mut last)) = rename.pop_first() {
        let mut chain = vec![first];
        while let Some(next) = rename.remove(&last) {
            chain.push(std::mem::replace(&mut last, next));
        }
        chain.push(last);
        let ring = chain.len() > 2 && chain.first() == chain.last();
        let end = chain.len() - 1;
        if ring {
            // The ring is opened at its last step, and closed when the way is free.
            chain[end] = ASIDE.to_owned();
        }
        steps.extend(chain.windows(2).rev().map(|pair| (pair[0].clone(), pair[1].clone())));
        if ring {
            steps.push((chain[end].clone(), chain[0].clone()));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

    use super::{Config, Plan};

    type Fields = BTreeMap<String, u32>;

    fn config(rename: &[(&str, &str)], pick: Option<&[&str]>, drop: &[&str]) -> Config {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Config {
            rename: rename.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
            pick: pick.map(owned),
            drop: owned(drop),
        }
    }

    fn error(config: Config) -> String {
        Plan::new(config).expect_err("the configuration is wrong")
    }

    /// As the host renames: the new name's field is replaced; nothing is done where there is no old one.
    fn step_by_step(mut fields: Fields, steps: &[(String, String)]) -> Fields {
        for (old, new) in steps {
            if let Some(value) = fields.remove(old) {
                fields.insert(new.clone(), value);
            }
        }
        fields
    }

    /// What is meant: all at once.
    fn at_once(fields: &Fields, rename: &BTreeMap<String, String>) -> Fields {
        let stays = |name: &String| rename.get(name).is_none_or(|new| new == name);
        let mut after: Fields = fields.iter().filter(|(name, _)| stays(name)).map(|(n, v)| (n.clone(), *v)).collect();
        for (old, new) in rename {
            if let Some(value) = fields.get(old) {
                after.insert(new.clone(), *value);
            }
        }
        after
    }

    /// Every way to rename up to four fields to five names, on every set of fields.
    #[test]
    fn all_fields_are_renamed_as_at_once() {
        let names = ["a", "b", "c", "d", "e"];
        let mut tried = 0;
        for choice in 0..6_usize.pow(4) {
            let news: Vec<Option<&str>> = (0..4).map(|i| names.get(choice / 6_usize.pow(i) % 6).copied()).collect();
            let pairs: Vec<_> = names.into_iter().zip(news).filter_map(|(old, new)| Some((old, new?))).collect();
            let Ok(plan) = Plan::new(config(&pairs, None, &[])) else { continue };
            let rename = config(&pairs, None, &[]).rename;
            for set in 0..32_u32 {
                let fields: Fields =
                    (0..5).filter(|i| set >> i & 1 == 1).map(|i| (names[i as usize].to_owned(), i)).collect();
                assert_eq!(
                    step_by_step(fields.clone(), &plan.renames),
                    at_once(&fields, &rename),
                    "{pairs:?} on {fields:?}"
                );
                tried += 1;
            }
        }
        assert!(tried > 10_000, "{tried} cases were tried");
    }

    #[test]
    fn two_fields_with_one_new_name_are_a_mistake() {
        assert_eq!(error(config(&[("a", "x"), ("b", "x")], None, &[])), "rename: a and b both become x");
    }

    #[test]
    fn pick_and_drop_exclude_each_other() {
        let error = error(config(&[], Some(&["a"]), &["b"]));
        assert!(error.starts_with("pick and drop exclude each other"), "{error}");
    }

    #[test]
    fn picking_nothing_is_a_mistake() {
        assert!(error(config(&[], Some(&[]), &[])).starts_with("pick: name at least one field"));
    }

    #[test]
    fn a_field_is_picked_and_dropped_by_its_new_name() {
        let pick = error(config(&[("pkg", "name")], Some(&["pkg"]), &[]));
        assert_eq!(pick, "pick: pkg is renamed; name it as it is afterwards, name");
        let drop = error(config(&[("pkg", "name")], None, &["pkg"]));
        assert_eq!(drop, "drop: pkg is renamed; name it as it is afterwards, name");
        assert!(Plan::new(config(&[("a", "b"), ("b", "a")], Some(&["a"]), &[])).is_ok());
    }

    #[test]
    fn readme_and_schema_are_true() {
        for config in readme_configs(include_str!("../README.md")) {
            Plan::new(config).expect("the example is right");
        }
        assert_schema_names_the_keys_of::<Config>(include_str!("../config.schema.json"));
    }
}
