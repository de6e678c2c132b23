//! `cargo xtask`: everything that is done to this repository rather than with it. Standard library only, but for what
//! plugins and bindings are made with: it is the first thing that a fresh clone compiles.

mod demo;
mod deny;
mod encode;
mod instructions;
mod interface;
mod plugins;
mod run;
mod servers;
mod setup;
mod soak;
mod test;

use std::process::ExitCode;

use run::Result;

const HELP: &str = "\
Tasks of this repository.

    cargo xtask demo [ARGUMENT…]        set up, build and run `kiteline demo` with these arguments
    cargo xtask test                    set up and run every check and test, on real servers
    cargo xtask soak [--minutes N] [--seed N]
                                        the fault suite in full size, and random faults for an hour or so long; writes
                                        docs/soak.md
    cargo xtask instructions [--record] count the instructions and allocations of each stage by Valgrind; fails where one
                                        takes over 5 % more than recorded, or records
    cargo xtask setup [--tests]         install the system packages that building (or testing) needs
    cargo xtask plugins                 build the plugins into plugins/dist
    cargo xtask encode CORE OUT [ADAPTER]
                                        make a component of a core module that does not carry its types (C, Go);
                                        ADAPTER is a module that answers its calls of WASI preview 1
    cargo xtask bindings [--check]      generate the Rust SDK's bindings and docs/interface.md from wit/, or see that
                                        they are up to date

Exit codes: 0 done, 1 failed, 2 wrong arguments or a system package that you have to install.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(result) = task(&arguments) else {
        eprintln!("there is no task `{}`\n\n{HELP}", arguments.join(" "));
        return ExitCode::from(2);
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn task(arguments: &[&str]) -> Option<Result> {
    Some(match arguments {
        ["demo", rest @ ..] => demo::run(rest),
        ["test"] => test::run(),
        ["soak", rest @ ..] => soak::run(rest),
        ["instructions"] => instructions::compare(),
        ["instructions", "--record"] => instructions::record(),
        ["setup"] => setup::for_building(),
        ["setup", "--tests"] => setup::for_testing(),
        ["plugins"] => plugins::build().map_err(Into::into),
        ["encode", core, out, adapter @ ..] if adapter.len() < 2 => {
            encode::encode(core.as_ref(), out.as_ref(), adapter.first().map(AsRef::as_ref)).map_err(Into::into)
        }
        ["bindings"] => interface::generate().map_err(Into::into),
        ["bindings", "--check"] => interface::check().map_err(Into::into),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => return None,
    })
}
