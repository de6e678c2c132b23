//! `kiteline plugin build`.

mod encode;
mod recipe;
mod tool;

use std::fs;
use std::path::PathBuf;

use super::page::{count, size};
use super::project::Project;
use crate::cli::exit::Exit;
use crate::pipeline::cases::Packed;
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
    let cases = Packed::of_folder(&project.folder.join("cases")).map_err(Exit::Mistake)?;
    let mut component = recipe::component(&project)?;
    let path = project.component();
    let name = path.display().to_string();
    check(&component).map_err(|misfits| super::inspect::refusal(&name, &misfits))?;
    cases.put_into(&mut component);
    // By renaming, so that a pipeline that watches the file never reads half of it.
    let part = path.with_extension("part");
    let written = fs::write(&part, &component).and_then(|()| fs::rename(&part, &path));
    written.map_err(|error| Exit::Failed(format!("{name}: {error}")))?;
    println!("{name}: {}, a plugin for kiteline:plugin@0.1.0", size(component.len() as u64));
    told(&cases).iter().for_each(|line| println!("  {line}"));
    Ok(())
}

/// What of the cases is inside, and what not.
fn told(cases: &Packed) -> Vec<String> {
    let listed = |names: &[String], what: &str| {
        let line = || format!("{}{what}: {}", count(names.len() as u64, "case"), names.join(", "));
        (!names.is_empty()).then(line)
    };
    let lines = [
        listed(&cases.inside, " inside, which every Kiteline that loads it runs first"),
        listed(&cases.unrecorded, " left out, as nothing is recorded yet (`kiteline plugin test --record`)"),
        listed(&cases.no_room, " left out, as a component carries 1 MiB of cases"),
    ];
    lines.into_iter().flatten().collect()
}
