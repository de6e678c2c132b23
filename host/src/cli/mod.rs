//! The command line: one file a subcommand.

mod check;
mod demo;
mod exit;
mod replay;
mod run;
mod schema;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use self::exit::Exit;
use crate::config::{self, PipelineFile};
use crate::plugin::SHIPPED;

/// Streams records from Kafka into Milvus through sandboxed WebAssembly plugins.
#[derive(Debug, Parser)]
#[command(name = "kiteline", version, about, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a pipeline until it is stopped (SIGTERM or Ctrl-C: writes, commits and leaves)
    Run(run::Arguments),
    /// Put the records of the dead letter's topic back through the pipeline
    Replay(replay::Arguments),
    /// Read a pipeline file, compile its plugins, compare it with the live schema, and print the resolved pipeline
    Check(check::Arguments),
    /// Print the JSON Schema of pipeline files
    Schema,
    /// Show it all on this machine: real records, four plugins, Milvus Lite, and questions with their answers
    Demo(demo::Arguments),
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(matches!(arguments.command, Command::Demo(_)));
    let result = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Schema => schema::schema(),
        Command::Demo(arguments) => demo::demo(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => {
            eprintln!("kiteline: {exit}");
            exit.code()
        }
    }
}

/// Logs go to standard error; `KITELINE_LOG` chooses what, as `debug` or `kiteline=debug,warn`.
fn start_log(quiet: bool) {
    let default = if quiet { "warn" } else { "warn,kiteline=info" };
    let filter = EnvFilter::try_from_env("KITELINE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}

/// Reads a pipeline file.
fn read(path: &std::path::Path) -> Result<PipelineFile, Exit> {
    Ok(config::load(path, SHIPPED, &|name| std::env::var(name).ok())?)
}

/// The runtime for calls to Milvus: two threads, as all the work is in the lanes.
fn runtime() -> Result<tokio::runtime::Runtime, Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("milvus")
        .enable_all()
        .build()
        .map_err(|error| Exit::Failed(format!("the runtime can't start: {error}")))
}
