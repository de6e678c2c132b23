//! The imports and exports of a component, and those that the host has for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId, WorldItem};

/// The plugin interface, as one source text.
pub(crate) const WIT: &str = concat!(
    include_str!("../../../../wit/v0.1.0/batch.wit"),
    include_str!("../../../../wit/v0.1.0/target.wit"),
    include_str!("../../../../wit/v0.1.0/log.wit"),
    include_str!("../../../../wit/v0.1.0/plugin.wit"),
);

/// Names of what goes in and out of a component. Functions that belong to no interface go by the name "".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    /// The functions that it calls, by interface.
    pub imports: BTreeMap<String, Vec<String>>,
    /// The functions that it offers.
    pub exports: BTreeMap<String, Vec<String>>,
}

impl World {
    pub(super) fn of(wasm: &[u8]) -> Result<Self, String> {
        // `decode` looks at types only, and would read on beside a broken body.
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(wasm)
            .map_err(|error| error.to_string())?;
        match wit_component::decode(wasm).map_err(|error| format!("{error:#}"))? {
            DecodedWasm::Component(resolve, world) => Ok(Self::in_resolve(&resolve, world)),
            DecodedWasm::WitPackage(..) => Err("it holds an interface in binary form, and no code".into()),
        }
    }

    /// What the host gives and takes.
    pub(crate) fn of_host() -> &'static Self {
        static HOST: LazyLock<World> = LazyLock::new(|| {
            let (resolve, world) = resolved();
            World::in_resolve(&resolve, world)
        });
        &HOST
    }

    fn in_resolve(resolve: &Resolve, world: WorldId) -> Self {
        let names = |items: &wit_parser::IndexMap<_, WorldItem>| {
            let mut found = BTreeMap::<String, Vec<String>>::new();
            for (key, item) in items {
                match item {
                    WorldItem::Interface { id, .. } => {
                        let functions = resolve.interfaces[*id].functions.keys().cloned();
                        found.entry(resolve.name_world_key(key)).or_default().extend(functions);
                    }
                    WorldItem::Function(function) => {
                        found.entry(String::new()).or_default().push(function.name.clone())
                    }
                    // Types that the world itself defines are imported by name, and are nothing that could be called.
                    WorldItem::Type { .. } => {}
                }
            }
            found
        };
        let world = &resolve.worlds[world];
        Self { imports: names(&world.imports), exports: names(&world.exports) }
    }
}

/// The host's own world, resolved.
pub(crate) fn resolved() -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("plugin.wit", WIT).expect("the checked-in interface is right");
    let world = resolve.select_world(&[package], Some("plugin")).expect("it has this world");
    (resolve, world)
}
