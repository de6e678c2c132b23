//! Logs: to standard error, as text for people or as JSON for machines, with times in UTC.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::SubscriberBuilder;

use super::exit::Exit;

/// What is logged, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What is logged: off, error, warn, info, debug or trace; or directives as `kiteline=debug,h2=info`
    #[arg(long = "log", value_name = "LEVEL", global = true, env = "KITELINE_LOG")]
    level: Option<String>,
    /// How logs are written, to standard error in both cases
    #[arg(long = "log-format", value_name = "FORMAT", global = true, env = "KITELINE_LOG_FORMAT")]
    #[arg(value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for people, in colour on a terminal
    Text,
    /// A JSON object a line
    Json,
}

impl Arguments {
    /// Starts to log. `usual` is the level where none is given.
    pub(super) fn start(&self, usual: &str) -> Result<(), Exit> {
        let level = self.level.as_deref().filter(|level| !level.is_empty()).unwrap_or(usual);
        let builder = SubscriberBuilder::default().with_env_filter(filter(level)?).with_writer(std::io::stderr);
        match self.format {
            Format::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).init(),
            Format::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        }
        Ok(())
    }

    /// Tells why the command ended, in the form of the logs.
    pub(super) fn tell(&self, exit: &Exit) {
        match self.format {
            Format::Text => eprintln!("kiteline: {exit}"),
            Format::Json => tracing::error!("{exit}"),
        }
    }
}

/// A level alone is for what Kiteline itself says; from the libraries below it come warnings at most, since some print
/// at `debug` what they send. Directives say it all themselves.
fn filter(level: &str) -> Result<EnvFilter, Exit> {
    let directives = match level {
        "off" | "error" | "warn" => level.to_owned(),
        "info" | "debug" | "trace" => format!("warn,kiteline={level}"),
        directives => directives.to_owned(),
    };
    let mistake = |error| {
        Exit::Mistake(format!(
            "--log or KITELINE_LOG: {error}; write off, error, warn, info, debug or trace, or directives as \
             kiteline=debug,h2=info"
        ))
    };
    EnvFilter::builder().parse(directives).map_err(mistake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_keeps_libraries_quiet() {
        let printed = |level| filter(level).expect("a level").to_string();
        assert_eq!(printed("error"), "error");
        assert_eq!(printed("debug"), "kiteline=debug,warn");
        assert_eq!(printed("h2=debug"), "h2=debug");
        let error = filter("=,=").expect_err("no directives").to_string();
        assert!(error.starts_with("--log or KITELINE_LOG: "), "{error}");
    }
}
