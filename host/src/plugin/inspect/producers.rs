//! What a component was made with, by the sections `producers` of it and of the modules inside it.

use std::collections::BTreeSet;

use wasmparser::{KnownCustom, Parser, Payload};

/// One that had a part in making a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub part: String,
    /// Its name.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
}

/// All of them, each once. A section that can't be read is passed over: it is there for people only.
pub(super) fn of(wasm: &[u8]) -> Vec<Producer> {
    let mut found = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        let Payload::CustomSection(section) = payload else { continue };
        let KnownCustom::Producers(fields) = section.as_known() else { continue };
        for field in fields.into_iter().filter_map(Result::ok) {
            for value in field.values.into_iter().filter_map(Result::ok) {
                let [part, name, version] = [field.name, value.name, value.version].map(str::to_owned);
                found.insert(Producer { part, name, version });
            }
        }
    }
    found.into_iter().collect()
}
