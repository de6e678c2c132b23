//! `schema_file` of `[decode]` and `[decode.key]`: there where the format needs one.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{as_text, at};
use crate::config::mistakes::Found;

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    check_part("decode", root.get("decode"), found);
    check_part("decode.key", at(root, ["decode", "key"]), found);
}

fn check_part(name: &str, table: Option<&Spanned<DeValue<'_>>>, found: &mut Found) {
    let Some(table) = table.and_then(|table| table.get_ref().as_table()) else {
        return;
    };
    if let Some(("avro", at)) = table.get("format").and_then(as_text)
        && !table.contains_key("schema_file")
    {
        let text = format!("[{name}] has no schema; name its file, as schema_file = \"schemas/package.avsc\"");
        found.add(&at, text);
    }
}
