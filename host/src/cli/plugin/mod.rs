//! `kiteline plugin`: the workbench of plugin authors.

mod inspect;
pub(super) mod page;
mod project;
mod test;

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
    /// Run a plugin's golden cases, by the same engine and within the same limits as `kiteline run`
    Test(test::Arguments),
}

/// Does what the subcommand says.
pub(super) fn plugin(arguments: &Arguments) -> Result<(), Exit> {
    match &arguments.command {
        Command::Inspect(arguments) => inspect::inspect(arguments),
        Command::Test(arguments) => test::test(arguments),
    }
}
