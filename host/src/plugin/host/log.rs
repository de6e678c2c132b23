//! The interface `log`.

use wasmtime::Result;

use crate::plugin::bindings::kiteline::plugin::log::{Host, Level};
use crate::plugin::state::State;

impl Host for State {
    fn log(&mut self, level: Level, message: String) -> Result<()> {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        self.keep_message(level, message);
        Ok(())
    }
}
