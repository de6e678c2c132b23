//! Sends rows to partitions or collections by a field.

mod config;
mod keys;
mod names;
mod rule;

use std::borrow::Cow;

use config::{Config, To};
use keys::{Fill, Key};
use kiteline_guest::{Batch, Operation, Plugin, Texts, plugin, target};
use rule::{Named, Place, Routed, Rule};

#[derive(Debug)]
struct Route {
    rule: Rule,
    named: Named,
}

impl Plugin for Route {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let rule = Rule::new(config)?;
        let places = target::collections().iter().map(|collection| Place::of(Key::of(collection).as_ref())).collect();
        rule.check_names(places)?;
        Ok(Self { rule, named: Named::default() })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        let values = values(batch, &self.rule.field);
        // A row to delete is found by its primary key: it may do without the field.
        let operations = if values.has_absent() { batch.operations() } else { Vec::new() };
        let free = |row: usize| operations.get(row) == Some(&Operation::Delete) && values.get(row).is_none();
        match self.rule.to {
            To::Collection => self.set_collections(batch, &values, free),
            To::Partition => self.set_partitions(batch, &values, free),
        }
        Ok(())
    }
}

impl Route {
    fn set_collections(&mut self, batch: &mut Batch, values: &Texts, free: impl Fn(usize) -> bool) {
        let known = target::collections();
        let mut names = Vec::with_capacity(values.len());
        for row in 0..values.len() {
            names.push(match self.rule.collection(values.get(row), &known) {
                Ok(name) => Some(name.into_owned()),
                Err(_) if free(row) => None,
                Err(reason) => {
                    batch.reject(row, &reason);
                    None
                }
            });
        }
        batch.set_collections(&names.iter().map(Option::as_deref).collect::<Vec<_>>());
    }

    fn set_partitions(&mut self, batch: &mut Batch, values: &Texts, free: impl Fn(usize) -> bool) {
        let keys: Vec<(Option<Key>, String)> =
            target::collections().into_iter().map(|collection| (Key::of(&collection), collection)).collect();
        // Most batches: each value is the name of a partition already, and all are handed on as they came.
        if keys.iter().all(|(key, _)| key.is_none()) && self.rule.are_names(values, &self.named) {
            batch.set_partitions(values);
            return;
        }
        let by_row = if keys.len() > 1 { batch.collections() } else { Vec::new() };
        let key_of = |row: usize| match by_row.get(row) {
            Some(collection) => keys.iter().find(|(_, name)| name == collection).and_then(|(key, _)| key.as_ref()),
            None => keys.first().and_then(|(key, _)| key.as_ref()),
        };
        let mut partitions = Texts::with_capacity(values.len());
        let mut fill = Fill::new(values.len());
        for row in 0..values.len() {
            let key = key_of(row);
            let routed =
                if free(row) { None } else { Some(self.rule.route(values.get(row), Place::of(key), &mut self.named)) };
            match routed {
                Some(Ok(Routed::Name(name))) => partitions.push(Some(&name)),
                Some(Ok(value)) => {
                    partitions.push(None);
                    fill.set(row, key, value);
                }
                Some(Err(reason)) => {
                    partitions.push(None);
                    batch.reject(row, &reason);
                }
                None => partitions.push(None),
            }
        }
        if keys.is_empty() || keys.iter().any(|(key, _)| key.is_none()) {
            batch.set_partitions(&partitions);
        }
        fill.write(batch);
    }
}

/// The field's texts; integers as decimal texts.
fn values(batch: &Batch, field: &str) -> Texts {
    let texts = batch.texts(field);
    if !texts.has_absent() {
        return texts;
    }
    let ints = batch.ints(field);
    let value = |(text, int): (Option<_>, Option<i64>)| {
        text.map(Cow::Borrowed).or_else(|| int.map(|int| Cow::Owned(int.to_string())))
    };
    texts.iter().zip(ints).map(value).collect()
}

plugin!(Route);

#[cfg(test)]
mod tests {
    use kiteline_guest::Operation;
    use kiteline_guest::testing::{Rows, Tester};

    use super::Route;

    #[test]
    fn values_that_were_names_before_name_partitions_beside_others_and_alone() {
        let mut plugin = Tester::<Route>::new(r#"{"field": "tenant", "max": 2}"#).expect("the configuration is right");
        let mut partitions = |rows: &[&str]| {
            let after = plugin.process(Rows::json(rows)).expect("no fault");
            let partitions: Vec<_> = after.partitions().into_iter().map(|name| name.map(str::to_owned)).collect();
            (partitions, after.rejected())
        };
        let (a, b) = (r#"{"tenant": "a"}"#, r#"{"tenant": "b"}"#);
        let named = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
        assert_eq!(partitions(&[a, b, a]), (named(&["a", "b", "a"]), vec![]));
        assert_eq!(partitions(&[b, b, a]), (named(&["b", "b", "a"]), vec![]));
        let reason = "tenant names more partitions than max = 2".to_owned();
        assert_eq!(partitions(&[b, r#"{"tenant": "c"}"#, a]), (named(&["b", "a"]), vec![(1, reason)]));
        let reason = "tenant is neither a text nor an integer, and there is no default".to_owned();
        assert_eq!(partitions(&[r#"{"tenant": null}"#, a]), (named(&["a"]), vec![(0, reason)]));
    }

    #[test]
    fn a_row_to_delete_may_do_without_the_field_among_names_that_are_known() {
        let mut plugin = Tester::<Route>::new(r#"{"field": "tenant"}"#).expect("the configuration is right");
        let (a, gone) = (r#"{"tenant": "a"}"#, r#"{"id": 1}"#);
        plugin.process(Rows::json(&[a])).expect("no fault");
        let rows = Rows::json(&[a, gone, a]).operations(&[Operation::Upsert, Operation::Delete, Operation::Delete]);
        let after = plugin.process(rows).expect("no fault");
        assert_eq!((after.partitions(), after.rejected()), (vec![Some("a"), None, Some("a")], vec![]));
        assert_eq!(plugin.process(Rows::json(&[])).expect("no fault").partitions(), Vec::<Option<&str>>::new());
    }
}
