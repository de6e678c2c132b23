//! `kiteline plugin`: the workbench of plugin authors.

mod inspect;
mod page;

use clap::Subcommand;

use super::exit::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what a component is: its world, imports and exports, what made it, and the configuration that it takes
    Inspect(inspect::Arguments),
}

/// Does what the subcommand says.
pub(super) fn plugin(arguments: &Arguments) -> Result<(), Exit> {
    match &arguments.command {
        Command::Inspect(arguments) => inspect::inspect(arguments),
    }
}
