//! Rules that the schema cannot say, or that go over several keys. They look at the file as it stands, whatever else is
//! wrong in it, so that all mistakes are listed at once.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistakes::Found;
use super::nearest;
use super::text;
use super::units::Time;

mod admin;
mod decode;
mod kafka;
mod milvus;
mod registry;
mod schema_file;

pub(super) use milvus::PARTITION_NAME;

/// Longest time that a plugin may have for a record.
const RECORD_TIMEOUT_MAX: Duration = Duration::from_secs(1);

/// A text of the file and where it stands.
type Text<'a> = (&'a str, Range<usize>);

/// Finds what breaks a rule. `shipped` are the names of the plugins that come with Kiteline.
pub(super) fn check(root: &DeTable<'_>, shipped: &[&str], found: &mut Found) {
    admin::check(root, found);
    schema_file::check(root, found);
    decode::check(root, found);
    kafka::check(root, found);
    milvus::check(root, found);
    registry::check(root, found);
    for plugin in list(root.get("plugin")) {
        check_plugin(plugin, shipped, found);
    }
}

fn check_plugin(plugin: &Spanned<DeValue<'_>>, shipped: &[&str], found: &mut Found) {
    let Some(keys) = plugin.get_ref().as_table() else {
        return;
    };
    check_record_timeout(keys, found);
    match (keys.get("use"), keys.get_key_value("path")) {
        (None, None) => {
            let text = "[[plugin]] has neither `use` nor `path`; name a plugin that comes with Kiteline, as use = \
                \"rename\", or the file of one, as path = \"plugins/clean.wasm\"";
            found.add(&plugin.span(), text.to_owned());
        }
        (Some(_), Some((path, _))) => {
            found.add(&path.span(), "[[plugin]] has both `use` and `path`; keep one of them".to_owned());
        }
        _ => {}
    }
    if let Some((name, at)) = keys.get("use").and_then(as_text)
        && !shipped.contains(&name)
    {
        let advice = nearest::advice(name, shipped);
        found.add(&at, format!("no plugin {} comes with Kiteline; {advice}", text::shown(name)));
    }
}

/// A lane that waits for a guest must still answer a rebalance in time, so no call may take longer than a second.
fn check_record_timeout(plugin: &DeTable<'_>, found: &mut Found) {
    if let Some((text, at)) = plugin.get("record_timeout").and_then(as_text)
        && text.parse::<Time>().is_ok_and(|time| time.get() > RECORD_TIMEOUT_MAX)
    {
        found.add(
            &at,
            "`record_timeout` is more than a second, and no call of a plugin may take longer; lower it".to_owned(),
        );
    }
}

/// The value that a path of keys leads to.
fn at<'a, 'i>(root: &'a DeTable<'i>, path: [&str; 2]) -> Option<&'a Spanned<DeValue<'i>>> {
    root.get(path[0])?.get_ref().get(path[1])
}

fn as_text<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<Text<'a>> {
    Some((value.get_ref().as_str()?, value.span()))
}

/// The elements of a list; none where it is missing or something else.
fn list<'a, 'i>(value: Option<&'a Spanned<DeValue<'i>>>) -> impl Iterator<Item = &'a Spanned<DeValue<'i>>> {
    value.and_then(|value| value.get_ref().as_array()).into_iter().flatten()
}

/// The topics, by name or by pattern.
fn topics<'a>(root: &'a DeTable<'_>) -> impl Iterator<Item = Text<'a>> {
    list(at(root, ["kafka", "topics"])).filter_map(as_text)
}

/// The topics that are named as they are, not by a pattern.
fn literal_topics<'a>(root: &'a DeTable<'_>) -> impl Iterator<Item = Text<'a>> {
    topics(root).filter(|(topic, _)| !topic.starts_with('^'))
}
