//! `kiteline plugin test`.

use std::path::{Path, PathBuf};

use super::page::{count, size};
use super::project::Project;
use crate::cli::exit::Exit;
use crate::pipeline::cases::outcome::{Outcome, What};
use crate::pipeline::cases::{Case, EXPECTED, Failed, Ran, differences, run, said_lines};
use crate::plugin::{Code, Engine, Limits, Plugin};

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
    let code = Code::read(&component).map_err(|error| Exit::Failed(error.to_string()))?;
    let mut verdicts = Verdicts::default();
    for case in &cases {
        let ran = run(case, Limits::default(), None, |setup, target| Plugin::load(&engine, &code, setup, target));
        verdicts.add(case, ran, arguments.record);
    }
    println!("{} passed, {} failed", cases.len() - verdicts.failed(), verdicts.failed());
    if verdicts.recorded > 0 {
        println!("read what was recorded; the next `kiteline plugin build` puts it into the component");
    }
    verdicts.end(cases.len())
}

/// How many cases failed, by what helps.
#[derive(Default)]
struct Verdicts {
    /// Something else came out than is expected.
    differ: usize,
    /// Nothing is recorded yet.
    unrecorded: usize,
    /// The plugin refused the configuration.
    refused: usize,
    /// Anything else, which says itself what to do.
    broken: usize,
    recorded: usize,
}

impl Verdicts {
    fn add(&mut self, case: &Case, ran: Result<Ran, Failed>, record: bool) {
        let judged = ran.and_then(|ran| self.judge(case, &ran, record).map_err(Failed::Other));
        let lines = match judged {
            Ok(lines) if lines.is_empty() => return,
            Ok(lines) => lines,
            Err(Failed::Refused(what)) => {
                self.refused += 1;
                vec![what]
            }
            Err(Failed::Other(what)) => {
                self.broken += 1;
                vec![what]
            }
        };
        println!("FAIL  {}", case.name);
        lines.iter().flat_map(|line| line.lines()).for_each(|line| println!("        {line}"));
    }

    /// Holds what came out against what is expected, or writes it down. Gives what is wrong.
    fn judge(&mut self, case: &Case, ran: &Ran, record: bool) -> Result<Vec<String>, String> {
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
            self.recorded += usize::from(is_new);
            done(if is_new { "new" } else { "same" });
            faults(outcomes).iter().for_each(|line| println!("        {line}"));
            return Ok(Vec::new());
        }
        let Some(expected) = case.expected()? else {
            self.unrecorded += 1;
            return Ok(vec![format!("there is no {EXPECTED} yet: `kiteline plugin test --record` writes it")]);
        };
        let lines = differences(&expected, outcomes, collection);
        if lines.is_empty() {
            done("ok");
        } else {
            self.differ += 1;
        }
        Ok(lines)
    }

    fn failed(&self) -> usize {
        self.differ + self.unrecorded + self.refused + self.broken
    }

    /// What helps, where not all passed.
    fn end(&self, cases: usize) -> Result<(), Exit> {
        let advice = [
            (
                self.differ,
                "another outcome than expected: mend the plugin or, where it is right, record what comes out with --record",
            ),
            (self.unrecorded, "nothing recorded yet: write it with --record, and read it"),
            (
                self.refused,
                "a configuration that the plugin refuses: mend `config` in case.toml (`kiteline plugin inspect` shows the \
                 keys) or, where it is to be refused, say so there by `refuses`",
            ),
            (self.broken, "not run: the lines above say why"),
        ];
        let lines = advice.iter().filter(|(cases, _)| *cases > 0).map(|(cases, what)| format!("\n  {cases} × {what}"));
        let lines: String = lines.collect();
        if lines.is_empty() {
            return Ok(());
        }
        Err(Exit::Failed(format!("{} of {cases} cases failed:{lines}", self.failed())))
    }
}

/// The records that the plugin failed on, which is not what an author means to record.
fn faults(outcomes: &[Outcome]) -> Vec<String> {
    let mut lines = Vec::new();
    for Outcome { record, what } in outcomes {
        if let What::Rejected { reason, said: Some(said), .. } = what {
            lines.push(format!("mind: the plugin failed on record {record}: {reason}"));
            lines.extend(said_lines(said).into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// The component that is meant.
pub(super) fn component_of(path: &Path) -> Result<PathBuf, Exit> {
    if path.is_dir() { Project::open(path).map(|project| project.component()) } else { Ok(path.to_owned()) }
}

fn cost(ran: &Ran) -> String {
    let memory = ran.memory.map_or_else(|| "lost to a fault".to_owned(), |bytes| size(bytes as u64));
    format!(
        "{} in {:.1} ms of {} ms, memory {memory} of {}",
        count(ran.records as u64, "record"),
        ran.time.as_secs_f64() * 1000.0,
        ran.time_limit.as_millis(),
        size(ran.memory_limit as u64)
    )
}
