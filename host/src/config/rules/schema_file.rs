//! `schema_file` and `protobuf` of `[decode]` and `[decode.key]`: there where the format needs one and no registry has it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{as_text, at};
use crate::config::mistakes::Found;

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    let has_registry = at(root, ["decode", "registry"]).is_some();
    check_part("decode", root.get("decode"), has_registry, found);
    check_part("decode.key", at(root, ["decode", "key"]), has_registry, found);
}

fn check_part(name: &str, table: Option<&Spanned<DeValue<'_>>>, has_registry: bool, found: &mut Found) {
    let Some(table) = table.and_then(|table| table.get_ref().as_table()) else {
        return;
    };
    let Some((format @ ("avro" | "protobuf"), at)) = table.get("format").and_then(as_text) else { return };
    let (key, example) = if format == "avro" {
        ("schema_file", "schema_file = \"schemas/package.avsc\"".to_owned())
    } else {
        ("protobuf", format!("[{name}.protobuf] with `file` and `message`"))
    };
    if table.contains_key(key) {
        return;
    }
    match table.get("framing").and_then(as_text) {
        _ if !has_registry => {
            let text = format!(
                "[{name}] has no schema; name its file, as {example}, or the registry that has it, in [decode.registry]"
            );
            found.add(&at, text);
        }
        Some((framing @ ("none" | "glue"), at)) => {
            let text = format!(
                "`{name}.framing`: by {framing} no schema is found in the registry; remove it, or name the schema's file \
                 with `{key}`"
            );
            found.add(&at, text);
        }
        _ => {}
    }
}
