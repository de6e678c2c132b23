//! `kiteline plugin`: the workbench of plugin authors.

mod bench;
mod build;
mod inspect;
mod new;
pub(super) mod page;
mod project;
mod sdk;
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
    /// Make a folder with a plugin in a language of your choice, which builds and whose test passes
    New(new::Arguments),
    /// Build the component of a plugin's project by its language's own tools, and hold it against the plugin interface
    Build(build::Arguments),
    /// Print what a component is: its world, imports and exports, what made it, and the configuration that it takes
    Inspect(inspect::Arguments),
    /// Run a plugin's golden cases, by the same engine and within the same limits as `kiteline run`
    Test(test::Arguments),
    /// Measure what a plugin costs a record, in batches of several sizes, and its memory
    Bench(bench::Arguments),
}

/// Does what the subcommand says.
pub(super) fn plugin(arguments: &Arguments) -> Result<(), Exit> {
    match &arguments.command {
        Command::New(arguments) => new::new(arguments),
        Command::Build(arguments) => build::build(arguments),
        Command::Inspect(arguments) => inspect::inspect(arguments),
        Command::Test(arguments) => test::test(arguments),
        Command::Bench(arguments) => bench::bench(arguments),
    }
}
