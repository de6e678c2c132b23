//! The binary, by the kinds of what is in it.

use std::fs;
use std::path::Path;

use kiteline::plugin::SHIPPED;

use crate::page::root;

/// Where a 64-bit ELF file has things: in its header the table of sections, the size and number of its entries, and
/// which of them has the names; in an entry its name, place and size. All but the names' places are relative to these.
mod at {
    pub(super) const TABLE: usize = 0x28;
    pub(super) const ENTRY_SIZE: usize = 0x3a;
    pub(super) const ENTRIES: usize = 0x3c;
    pub(super) const NAMES: usize = 0x3e;
    pub(super) const NAME: usize = 0;
    pub(super) const KIND: usize = 4;
    pub(super) const PLACE: usize = 0x18;
    pub(super) const SIZE: usize = 0x20;
}
/// A section that takes no room in the file.
const NOTHING: usize = 8;

/// What sections are for.
const KINDS: [(&str, &[&str]); 4] = [
    ("machine code", &[".text", ".plt", ".init", ".fini"]),
    ("constants", &[".rodata"]),
    ("tables for unwinding", &[".eh_frame", ".eh_frame_hdr", ".gcc_except_table"]),
    ("pointers that are set when it is loaded", &[".rela.dyn", ".data.rel.ro", ".got", ".relr.dyn"]),
];

pub(super) fn measure() -> Result<String, String> {
    let path = Path::new(env!("CARGO_BIN_EXE_kiteline"));
    let file = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let sections = sections(&file).ok_or("the binary is no 64-bit ELF file")?;
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    let mut parts = Vec::new();
    let mut left = file.len();
    for (kind, names) in KINDS {
        let of_kind = sections.iter().filter(|(name, _)| names.iter().any(|prefix| name == prefix));
        let bytes = of_kind.map(|(_, size)| size).sum();
        left = left.saturating_sub(bytes);
        parts.push(format!("{kind} {:.1}", megabytes(bytes)));
        if kind == "constants" {
            parts.push(format!("(of these the shipped plugins {:.1})", megabytes(plugins()? as usize)));
        }
    }
    parts.push(format!("the rest {:.1}", megabytes(left)));
    let parts = parts.join(", ").replace(", (", " (");
    Ok(format!("| binary | {:.1} MB: {parts} |\n", megabytes(file.len())))
}

/// Bytes of the components in it.
fn plugins() -> Result<u64, String> {
    let size = |name: &&str| {
        let path = root().join("plugins/dist").join(format!("{name}.wasm"));
        fs::metadata(&path).map(|found| found.len()).map_err(|error| format!("{}: {error}", path.display()))
    };
    SHIPPED.iter().map(size).sum()
}

/// The sections that take room, with their sizes.
fn sections(file: &[u8]) -> Option<Vec<(String, usize)>> {
    let number = |place: usize, bytes: usize| {
        let bytes = file.get(place..place.checked_add(bytes)?)?;
        let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        usize::try_from(value).ok()
    };
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, entry_size) = (number(at::TABLE, 8)?, number(at::ENTRY_SIZE, 2)?);
    let entry = |index: usize| table + index * entry_size;
    let names = number(entry(number(at::NAMES, 2)?) + at::PLACE, 8)?;
    let section = |index: usize| {
        let name = file.get(names + number(entry(index) + at::NAME, 4)?..)?.split(|byte| *byte == 0).next()?;
        let takes_room = number(entry(index) + at::KIND, 4)? != NOTHING;
        let size = if takes_room { number(entry(index) + at::SIZE, 8)? } else { 0 };
        Some((String::from_utf8_lossy(name).into_owned(), size))
    };
    (0..number(at::ENTRIES, 2)?).map(section).collect()
}
