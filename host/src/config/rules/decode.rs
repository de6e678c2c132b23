//! Rules of `[decode]` and `[decode.key]`: what is of no use to a format.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, as_text, at};

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    check_part(root.get("decode"), "decode", found);
    check_part(at(root, ["decode", "key"]), "decode.key", found);
}

fn check_part(part: Option<&Spanned<DeValue<'_>>>, name: &str, found: &mut Found) {
    let Some(keys) = part.and_then(|part| part.get_ref().as_table()) else { return };
    let text = |key| keys.get(key).and_then(as_text);
    if let (Some((format @ ("raw" | "text"), _)), Some((_, at))) = (text("format"), text("framing")) {
        found.add(&at, format!("`{name}.framing`: nothing is taken off where the format is {format}; remove it"));
    }
}
