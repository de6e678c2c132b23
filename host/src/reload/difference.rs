//! Which keys of the pipeline file have changed beside those of plugins.

use toml::{Table, Value};

/// Most keys that are named.
const NAMED: usize = 20;

/// Names of the keys that differ, as `kafka.topics`. Plugins are left out: they are what a reload is for.
pub(super) fn beside_plugins(old: &Table, new: &Table) -> Vec<String> {
    let mut found = Vec::new();
    tables("", old, new, &mut found);
    found.retain(|key| key != "plugin");
    found.sort();
    let more = found.len().saturating_sub(NAMED);
    if more > 0 {
        found.truncate(NAMED);
        found.push(format!("and {more} more"));
    }
    found
}

fn tables(prefix: &str, old: &Table, new: &Table, found: &mut Vec<String>) {
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    for key in keys {
        let path = format!("{prefix}{key}");
        match (old.get(key), new.get(key)) {
            (Some(Value::Table(old)), Some(Value::Table(new))) => tables(&format!("{path}."), old, new, found),
            (old, new) if old == new => {}
            _ => found.push(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_came_went_or_changed_are_named_and_plugins_are_not() {
        let table = |text: &str| text.parse::<Table>().expect("TOML");
        let old = table(
            "name = 'p'\nkafka = { topics = ['a'], client = { a = 1 } }\n[[plugin]]\nuse = 'rename'\n[write]\nrows = 1",
        );
        let new = table("name = 'p'\nkafka = { topics = ['b'], client = { a = 2, b = 1 } }\n[limits]\nmemory = 1");
        let expected = ["kafka.client.a", "kafka.client.b", "kafka.topics", "limits", "write"];
        assert_eq!(beside_plugins(&old, &new), expected);
        assert!(beside_plugins(&old, &old).is_empty());
    }
}
