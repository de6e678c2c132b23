//! A component that was compiled, checked against the world, described and configured.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use super::bindings::{PluginInfo, PluginPre};
use super::engine::Engine;
use super::error::LoadError;
use super::instance::Instance;
use super::limits::{Limits, cut, fixed};
use super::shipped::shipped;
use super::state::State;
use crate::target::Target;

/// A plugin with its configuration, ready to be instantiated in each lane.
pub struct Plugin {
    /// The plugin as the pipeline file names it: a shipped plugin's name, or a path.
    pub(super) named: Arc<str>,
    /// SHA-256 of the component, in hexadecimal.
    pub(super) digest: Arc<str>,
    pub(super) config: String,
    pub(super) limits: Limits,
    pub(super) engine: Engine,
    pub(super) pre: PluginPre<State>,
    info: Info,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, Default)]
pub struct Info {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// A JSON Schema of its configuration, or nothing.
    pub config_schema: String,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("named", &self.named).field("info", &self.info).finish_non_exhaustive()
    }
}

impl Plugin {
    /// Loads a shipped plugin. The configuration is JSON.
    pub fn shipped(
        engine: &Engine,
        name: &str,
        config: String,
        limits: Limits,
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        let wasm = shipped(name).ok_or_else(|| LoadError::NotShipped { name: name.to_owned() })?;
        Self::load(engine, name, wasm, config, limits, target)
    }

    /// Loads a component from a file. The configuration is JSON.
    pub fn from_file(
        engine: &Engine,
        path: &Path,
        config: String,
        limits: Limits,
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        let file = |error| LoadError::File { path: path.to_owned(), error };
        let bytes = std::fs::metadata(path).map_err(file)?.len();
        if bytes > fixed::COMPONENT {
            return Err(LoadError::TooLarge { path: path.to_owned(), bytes });
        }
        let wasm = std::fs::read(path).map_err(file)?;
        Self::load(engine, &path.display().to_string(), &wasm, config, limits, target)
    }

    fn load(
        engine: &Engine,
        named: &str,
        wasm: &[u8],
        config: String,
        limits: Limits,
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        if let Some(found) = not_a_component(wasm) {
            return Err(LoadError::NotAComponent { name: named.to_owned(), found });
        }
        let world = |error: wasmtime::Error| LoadError::World { name: named.to_owned(), error: format!("{error:#}") };
        let digest = digest(wasm);
        let component: Component = engine.cache.component(&engine.inner, &digest, wasm).map_err(world)?;
        let pre = engine.linker.instantiate_pre(&component).and_then(PluginPre::new).map_err(world)?;
        let mut plugin = Self {
            named: named.into(),
            digest: digest.into(),
            config,
            limits,
            engine: engine.clone(),
            pre,
            info: Info::default(),
        };
        let info = Instance::start(&plugin, target)?.1;
        plugin.info = cut_info(info);
        Ok(plugin)
    }

    /// What the plugin says of itself.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// SHA-256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// What a file is that is no component, and what to do.
fn not_a_component(wasm: &[u8]) -> Option<&'static str> {
    match wasm.get(..8) {
        Some(b"\0asm\x0d\0\x01\0") => None,
        Some(b"\0asm\x01\0\0\0") => {
            Some("a core module; make a component of it, as with `wasm-tools component new FILE -o OUT`")
        }
        Some([b'\0', b'a', b's', b'm', ..]) => Some("WebAssembly of an unknown version"),
        _ => Some("something else; it does not start with \\0asm"),
    }
}

/// What a component says of itself, within its limits.
pub(super) fn cut_info(info: PluginInfo) -> Info {
    Info {
        name: cut(info.name, 64),
        version: cut(info.version, 64),
        config_schema: cut(info.config_schema, fixed::SCHEMA),
    }
}

/// SHA-256 of a component, in hexadecimal.
pub(super) fn digest(wasm: &[u8]) -> String {
    Sha256::digest(wasm).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String");
        text
    })
}
