//! `schema_file` of `[decode]` and `[decode.key]`: there where the format needs one, and nowhere else.

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
    let format = table.get("format").and_then(as_text);
    match (format, table.get_key_value("schema_file")) {
        (Some(("avro", at)), None) => {
            let text = format!("[{name}] has no schema; name its file, as schema_file = \"schemas/package.avsc\"");
            found.add(&at, text);
        }
        (Some(("avro", _)), Some(_)) | (_, None) => {}
        (_, Some((key, _))) => {
            let text =
                format!("`schema_file` in [{name}], whose format has no schema; remove it, or set format = \"avro\"");
            found.add(&key.span(), text);
        }
    }
}
