//! The command line: one file a subcommand.

mod check;
mod demo;
mod exit;
mod init;
mod log;
mod plugin;
mod replay;
mod run;
mod sample;
mod schema;
mod stop;
mod try_out;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::exit::Exit;
use crate::config::{self, PipelineFile};
use crate::plugin::SHIPPED;

/// Streams records from Kafka into Milvus through sandboxed WebAssembly plugins.
#[derive(Debug, Parser)]
#[command(name = "kiteline", version, about, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: log::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a pipeline until it is stopped (SIGTERM or Ctrl-C: writes, commits and leaves)
    Run(run::Arguments),
    /// Put the records of the dead letter's topic back through the pipeline
    Replay(replay::Arguments),
    /// Read a pipeline file, compile its plugins, compare it with the live schema, and print the resolved pipeline
    Check(check::Arguments),
    /// Look at a topic or a file of records, and write a pipeline file that creates a collection for them
    Init(init::Arguments),
    /// Print the JSON Schema of pipeline files
    Schema,
    /// Send records through a whole pipeline and print what becomes of each, without writing anything
    Try(try_out::Arguments),
    /// Look at, build, test and measure plugins
    Plugin(plugin::Arguments),
    /// Show it all on this machine: real records, four plugins, Milvus Lite, and questions with their answers
    Demo(demo::Arguments),
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => {
            arguments.log.tell(&exit);
            exit.code()
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), Exit> {
    let quiet = matches!(arguments.command, Command::Demo(_) | Command::Init(_) | Command::Plugin(_) | Command::Try(_));
    arguments.log.start(if quiet { "warn" } else { "info" })?;
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Replay(arguments) => replay::replay(arguments),
        Command::Check(arguments) => check::check(arguments),
        Command::Init(arguments) => init::init(arguments),
        Command::Schema => schema::schema(),
        Command::Try(arguments) => try_out::try_out(arguments),
        Command::Plugin(arguments) => plugin::plugin(arguments),
        Command::Demo(arguments) => demo::demo(arguments),
    }
}

/// Reads a pipeline file.
fn read(path: &std::path::Path) -> Result<PipelineFile, Exit> {
    Ok(config::load(path, SHIPPED, &|name| std::env::var(name).ok())?)
}

/// The runtime for calls to Milvus. Encoding and sending a row takes less than half of what its lane takes, so half as
/// many threads as there may be lanes are enough; more only wake each other.
fn runtime() -> Result<tokio::runtime::Runtime, Exit> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.div_ceil(2))
        .thread_name("milvus")
        .enable_all()
        .build()
        .map_err(|error| Exit::Failed(format!("the runtime can't start: {error}")))
}
