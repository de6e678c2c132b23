//! Components of core modules whose compilers know nothing of the interface: those of C and Go. Their bindings are
//! written by hand, so the types come from `wit/` here.

use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The name under which compilers import WASI preview 1.
const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// Writes the component of a core module. The adapter, a module in binary or text, answers the calls of WASI preview 1.
pub(crate) fn encode(core: &Path, out: &Path, adapter: Option<&Path>) -> Result<(), String> {
    let mut module = fs::read(core).map_err(|error| format!("{}: {error}", core.display()))?;
    let mut resolve = Resolve::default();
    let wit = crate::run::root().join("wit/v0.1.0");
    let (package, _) = resolve.push_path(&wit).map_err(|error| format!("{error:#}"))?;
    let world = resolve.select_world(&[package], Some("plugin")).map_err(|error| format!("{error:#}"))?;
    let failed = |error| format!("{}: {error:#}", core.display());
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(failed)?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).map_err(failed)?;
    if let Some(adapter) = adapter {
        let adapter = wat::parse_file(adapter).map_err(|error| error.to_string())?;
        encoder.adapter(PREVIEW_1, &adapter).map_err(failed)?;
    }
    let component = encoder.encode().map_err(failed)?;
    fs::write(out, component).map_err(|error| format!("{}: {error}", out.display()))
}
