//! A component that was compiled, checked against the world, described and configured.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
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
use super::tally::Tally;
use super::voice::Voice;
use crate::target::Target;

/// The file that makes a folder a plugin's project.
pub const MANIFEST: &str = "kiteline-plugin.toml";

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
    tally: Tally,
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
        let wasm = read(path, fixed::COMPONENT)?;
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
            refused: Refused::new(Arc::clone(named), engine.refused_log.clone()),
            engine: engine.clone(),
            pre,
            info: Info::default(),
            tally: Tally::default(),
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
            tally: Tally::default(),
        };
        Instance::start(&plugin, &plugin.setup.config, target)?;
        Ok(plugin)
    }

    /// Whether this is that component with that configuration.
    pub fn is(&self, code: &Code, setup: &Setup) -> bool {
        (&self.named, &self.digest, &self.setup) == (&code.named, &code.digest, setup)
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

    /// What it got and failed on since it was loaded.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

/// What a file has, where that is no more than so many bytes.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let owned = || path.to_owned();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::Missing { path: owned(), project: project(path) },
        _ => LoadError::File { path: owned(), error },
    };
    // To open a pipe would block, and a device has no end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(LoadError::NotAFile { path: owned() });
    }
    let mut wasm = Vec::new();
    // It may grow while it is read.
    fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut wasm)).map_err(failed)?;
    if wasm.len() as u64 > most {
        return Err(LoadError::TooLarge { path: owned(), most });
    }
    Ok(wasm)
}

/// The folder of a component that is not there, as it is to be built, where that is a plugin's project.
fn project(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.join(MANIFEST).is_file().then(|| folder.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_regular_file_or_too_large_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.wasm");
        fs::write(&path, b"12345678").expect("written");
        assert_eq!(read(&path, 8).expect("it fits"), b"12345678");
        let large = read(&path, 7).expect_err("too large").to_string();
        assert!(large.contains("a.wasm: more than 7 bytes") && large.contains("held in memory"), "{large}");
        for path in [folder.path(), Path::new("/dev/zero")] {
            let other = read(path, 8).expect_err("no file").to_string();
            assert_eq!(other, format!("{}: not a regular file, as a component has to be", path.display()));
        }
    }

    #[test]
    fn a_component_that_is_not_there_is_refused_with_how_it_is_built() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.wasm");
        let said = || read(&path, 8).expect_err("it is not there").to_string();
        let generally = format!(
            "{}: there is no such file; `kiteline plugin build DIR` builds the component of a plugin's project",
            path.display()
        );
        assert_eq!(said(), generally);
        fs::write(folder.path().join(MANIFEST), "").expect("written");
        let here = folder.path().display();
        assert_eq!(said(), format!("{here}/a.wasm: there is no such file; build it: `kiteline plugin build {here}`"));
    }
}
