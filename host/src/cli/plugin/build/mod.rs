//! `kiteline plugin build`.

mod encode;
mod recipe;
mod tool;

use std::fs;
use std::path::PathBuf;

use super::page::size;
use super::project::Project;
use crate::cli::exit::Exit;
use crate::plugin::inspect::check;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's project
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// Builds the component of a project and holds it against the world.
pub(super) fn build(arguments: &Arguments) -> Result<(), Exit> {
    let project = Project::open(&arguments.folder)?;
    let component = recipe::component(&project)?;
    let path = project.component();
    let name = path.display().to_string();
    check(&component).map_err(|misfits| super::inspect::refusal(&name, &misfits))?;
    // By renaming, so that a pipeline that watches the file never reads half of it.
    let part = path.with_extension("part");
    let written = fs::write(&part, &component).and_then(|()| fs::rename(&part, &path));
    written.map_err(|error| Exit::Failed(format!("{name}: {error}")))?;
    println!("{name}: {}, a plugin for kiteline:plugin@0.1.0", size(component.len() as u64));
    Ok(())
}
