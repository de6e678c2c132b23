//! `kiteline plugin test`.

mod case;
mod compare;
mod run;
mod schema;

use std::path::{Path, PathBuf};

use self::case::{Case, EXPECTED};
use self::compare::differences;
use self::run::Ran;
use super::page::size;
use super::project::Project;
use crate::cli::exit::Exit;
use crate::plugin::Engine;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's project, or a component
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The folder with the cases; `cases` beside the component where it is left out
    #[arg(long)]
    cases: Option<PathBuf>,
    /// Write what comes out as what is expected from now on; read it before you keep it
    #[arg(long)]
    record: bool,
}

/// Runs all cases of a plugin, and says where something else comes out than is expected.
pub(super) fn test(arguments: &Arguments) -> Result<(), Exit> {
    let component = component_of(&arguments.path)?;
    let cases = arguments.cases.clone().unwrap_or_else(|| component.parent().unwrap_or(Path::new("")).join("cases"));
    let cases = Case::all(&cases).map_err(Exit::Mistake)?;
    let wasm = std::fs::read(&component).map_err(|error| {
        Exit::Mistake(format!("{}: {error}; run `kiteline plugin build` first", component.display()))
    })?;
    let name = component.display().to_string();
    crate::plugin::inspect::check(&wasm).map_err(|misfits| super::inspect::refusal(&name, &misfits))?;
    let engine = Engine::new().map_err(|error| Exit::Failed(error.to_string()))?;
    let mut failed = 0;
    for case in &cases {
        let lines = match run::run(&engine, &component, case) {
            Ok(ran) => judge(case, &ran, arguments.record).unwrap_or_else(|what| vec![what]),
            Err(what) => vec![what],
        };
        let bad = !lines.is_empty();
        failed += usize::from(bad);
        if bad {
            println!("FAIL  {}", case.name);
        }
        lines.iter().flat_map(|line| line.lines()).for_each(|line| println!("        {line}"));
    }
    println!("{} passed, {failed} failed", cases.len() - failed);
    if failed == 0 {
        return Ok(());
    }
    Err(Exit::Failed(format!(
        "{failed} of {} cases differ; where the plugin is right, record them with --record",
        cases.len()
    )))
}

/// The component that is meant.
pub(super) fn component_of(path: &Path) -> Result<PathBuf, Exit> {
    if path.is_dir() { Project::open(path).map(|project| project.component()) } else { Ok(path.to_owned()) }
}

/// Holds what came out against what is expected, or writes it down. Gives what is wrong.
fn judge(case: &Case, ran: &Ran, record: bool) -> Result<Vec<String>, String> {
    let done = |what: &str| println!("{what:<4}  {:<24} {}", case.name, cost(ran));
    let Some(outcomes) = &ran.outcomes else {
        done("ok");
        return Ok(Vec::new());
    };
    let collection = case.target.collections().first().map(|collection| &*collection.name);
    if record {
        let lines = outcomes.iter().map(|outcome| format!("{}\n", outcome.as_json(collection)));
        let path = case.folder.join(EXPECTED);
        let text: String = lines.collect();
        let is_new = std::fs::read_to_string(&path).ok().as_ref() != Some(&text);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        done(if is_new { "new" } else { "same" });
        return Ok(Vec::new());
    }
    let Some(expected) = case.expected()? else {
        return Err(format!("there is no {EXPECTED} yet: `kiteline plugin test --record` writes it"));
    };
    let lines = differences(&expected, outcomes, collection);
    if lines.is_empty() {
        done("ok");
    }
    Ok(lines)
}

fn cost(ran: &Ran) -> String {
    let memory = ran.memory.map_or_else(|| "lost to a fault".to_owned(), |bytes| size(bytes as u64));
    format!(
        "{} records in {:.1} ms of {} ms, memory {memory} of {}",
        ran.records,
        ran.time.as_secs_f64() * 1000.0,
        ran.time_limit.as_millis(),
        size(ran.memory_limit as u64)
    )
}
