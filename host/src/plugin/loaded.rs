//! A component that was compiled, checked against the world, described and configured.

use std::borrow::Cow;
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
use super::sandbox::{Grants, Refused};
use super::shipped::shipped;
use super::state::State;
use super::voice::Voice;
use crate::target::Target;

/// A plugin with its configuration, ready to be instantiated in each lane.
pub struct Plugin {
    /// The plugin as the pipeline file names it: a shipped plugin's name, or a path.
    pub(super) named: Arc<str>,
    /// SHA-256 of the component, in hexadecimal.
    pub(super) digest: Arc<str>,
    pub(super) setup: Setup,
    pub(super) refused: Refused,
    /// None where what it says stays out of the log.
    pub(super) voice: Option<Arc<Voice>>,
    pub(super) engine: Engine,
    pub(super) pre: PluginPre<State>,
    info: Info,
}

/// A component's bytes.
#[derive(Debug)]
pub struct Code {
    named: Arc<str>,
    wasm: Cow<'static, [u8]>,
    digest: Arc<str>,
}

/// What the pipeline file says of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Its configuration, as JSON.
    pub config: String,
    /// What it may use.
    pub limits: Limits,
    /// What of this machine it may have.
    pub grants: Grants,
    /// Whether what it says goes to the log.
    pub log: bool,
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

impl Code {
    /// A shipped plugin.
    pub fn shipped(name: &str) -> Result<Self, LoadError> {
        let wasm = shipped(name).ok_or_else(|| LoadError::NotShipped { name: name.to_owned() })?;
        Ok(Self::new(name, Cow::Borrowed(wasm)))
    }

    /// What a file has.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let file = |error| LoadError::File { path: path.to_owned(), error };
        let bytes = std::fs::metadata(path).map_err(file)?.len();
        if bytes > fixed::COMPONENT {
            return Err(LoadError::TooLarge { path: path.to_owned(), bytes });
        }
        let wasm = std::fs::read(path).map_err(file)?;
        Ok(Self::new(&path.display().to_string(), Cow::Owned(wasm)))
    }

    /// The component itself.
    pub(crate) fn wasm(&self) -> &[u8] {
        &self.wasm
    }

    fn new(named: &str, wasm: Cow<'static, [u8]>) -> Self {
        let digest = digest(&wasm).into();
        Self { named: named.into(), wasm, digest }
    }
}

impl Plugin {
    /// Loads a shipped plugin, without any grant. The configuration is JSON.
    pub fn shipped(
        engine: &Engine,
        name: &str,
        config: String,
        limits: Limits,
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        let setup = Setup { config, limits, grants: Grants::default(), log: false };
        Self::load(engine, &Code::shipped(name)?, setup, target)
    }

    /// Loads a component from a file, without any grant. The configuration is JSON.
    pub fn from_file(
        engine: &Engine,
        path: &Path,
        config: String,
        limits: Limits,
        target: &Arc<Target>,
    ) -> Result<Self, LoadError> {
        let setup = Setup { config, limits, grants: Grants::default(), log: false };
        Self::load(engine, &Code::read(path)?, setup, target)
    }

    /// Compiles a component, asks it to describe itself, and configures it.
    pub fn load(engine: &Engine, code: &Code, setup: Setup, target: &Arc<Target>) -> Result<Self, LoadError> {
        let Code { named, wasm, digest } = code;
        if let Some(found) = not_a_component(wasm) {
            return Err(LoadError::NotAComponent { name: named.to_string(), found });
        }
        let world = |error: wasmtime::Error| LoadError::World { name: named.to_string(), error: format!("{error:#}") };
        let component: Component = engine.cache.component(&engine.inner, digest, wasm).map_err(world)?;
        let pre = engine.linker.instantiate_pre(&component).and_then(PluginPre::new).map_err(world)?;
        let mut plugin = Self {
            named: Arc::clone(named),
            digest: Arc::clone(digest),
            voice: setup.log.then(|| Arc::new(Voice::new(Arc::clone(named)))),
            setup,
            refused: Refused::new(Arc::clone(named)),
            engine: engine.clone(),
            pre,
            info: Info::default(),
        };
        let info = Instance::start(&plugin, &plugin.setup.config, target)?.1;
        plugin.info = cut_info(info);
        Ok(plugin)
    }

    /// The same component set up otherwise, as for a case. What it asks for in vain is told nobody.
    pub(crate) fn set_up(&self, setup: Setup, target: &Arc<Target>) -> Result<Self, LoadError> {
        let plugin = Self {
            named: Arc::clone(&self.named),
            digest: Arc::clone(&self.digest),
            voice: None,
            setup,
            refused: Refused::untold(),
            engine: self.engine.clone(),
            pre: self.pre.clone(),
            info: self.info.clone(),
        };
        Instance::start(&plugin, &plugin.setup.config, target)?;
        Ok(plugin)
    }

    /// Whether this is that component with that configuration.
    pub fn is(&self, code: &Code, setup: &Setup) -> bool {
        (&self.named, &self.digest, &self.setup) == (&code.named, &code.digest, setup)
    }

    /// Whether this and another one are the same component with the same configuration.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.named, &self.digest, &self.setup) == (&other.named, &other.digest, &other.setup)
    }

    /// What the pipeline file says of it.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The engine that it was loaded with.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The plugin as the pipeline file names it.
    pub fn named(&self) -> &str {
        &self.named
    }

    /// Names of what it asked for and is not granted.
    pub fn refused(&self) -> Vec<&'static str> {
        self.refused.names()
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
