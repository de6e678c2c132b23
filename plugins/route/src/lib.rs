//! Sends rows to partitions or collections by a field.

mod config;
mod keys;
mod named;
mod names;
mod rule;

use std::borrow::Cow;

use config::{Config, To};
use keys::{Fill, Key};
use kiteline_guest::{Batch, Operation, Plugin, Texts, plugin, target};
use named::Named;
use rule::{Place, Routed, Rule};

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
        let all = values.iter().all(|value| value.is_some());
        let operations = if all { Vec::new() } else { batch.operations() };
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
    if texts.iter().all(|text| text.is_some()) {
        return texts;
    }
    let ints = batch.ints(field);
    let value = |(text, int): (Option<_>, Option<i64>)| {
        text.map(Cow::Borrowed).or_else(|| int.map(|int| Cow::Owned(int.to_string())))
    };
    texts.iter().zip(ints).map(value).collect()
}

plugin!(Route);
