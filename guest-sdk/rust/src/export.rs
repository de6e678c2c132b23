//! What [`plugin!`](crate::plugin) makes the exports of.

use std::cell::RefCell;
use std::panic::PanicHookInfo;

use serde::de::DeserializeOwned;

use crate::bindings::PluginInfo;
use crate::{Batch, Plugin, log};

/// The plugin of this instance, once it is configured.
#[derive(Debug)]
pub struct Slot<P>(RefCell<Option<P>>);

impl<P: Plugin> Slot<P> {
    /// No plugin yet.
    #[expect(clippy::new_without_default, reason = "a default can't be made in a constant")]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Makes the plugin.
    pub fn configure(&self, config: &str) -> Result<(), String> {
        let plugin = P::new(parse(config)?)?;
        *self.0.borrow_mut() = Some(plugin);
        Ok(())
    }

    /// Runs the plugin on the current batch.
    pub fn process(&self) -> Result<(), String> {
        let mut plugin = self.0.borrow_mut();
        let plugin = plugin.as_mut().ok_or("process was called before configure")?;
        plugin.process(&mut Batch::current())
    }
}

/// What the plugin says of itself.
pub fn describe<P: Plugin>() -> PluginInfo {
    // The first call of every instance, so the place for this: a panic reaches the host as a bare trap.
    std::panic::set_hook(Box::new(log_panic));
    PluginInfo { name: P::NAME.into(), version: P::VERSION.into(), config_schema: P::config_schema() }
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("a panic without a message");
    match info.location() {
        Some(place) => log::error(&format!("panic at {}:{}: {message}", place.file(), place.line())),
        None => log::error(&format!("panic: {message}")),
    }
}

/// Reads the configuration. An error names the key; the line and column of a JSON text that nobody wrote are left out.
fn parse<C: DeserializeOwned>(config: &str) -> Result<C, String> {
    let mut json = serde_json::Deserializer::from_str(config);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let text = error.into_inner().to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        if path == "." { text.to_owned() } else { format!("{path}: {text}") }
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Config {
        #[serde(rename = "sizes")]
        _sizes: Vec<u8>,
    }

    #[test]
    fn a_mistake_in_the_configuration_is_named_by_its_key() {
        let error = parse::<Config>(r#"{"sizes":[1,"two"]}"#).expect_err("a text is no number");
        assert_eq!(error, r#"sizes[1]: invalid type: string "two", expected u8"#);
    }

    #[test]
    fn an_unknown_key_is_answered_with_the_known_ones() {
        let error = parse::<Config>(r#"{"sises":[]}"#).expect_err("there is no such key");
        assert_eq!(error, "sises: unknown field `sises`, expected `sizes`");
    }

    #[test]
    fn a_missing_key_is_named() {
        assert_eq!(parse::<Config>("{}").expect_err("a key is missing"), "missing field `sizes`");
    }
}
