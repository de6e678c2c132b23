//! Tidies the package feed of the demo, which two producers write in two ways: the plugin of one's own in the demo's
//! chain, and an example of one.

use std::borrow::Cow;

use kiteline_guest::{Batch, Plugin, plugin};

/// There is nothing to configure.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

#[derive(Debug)]
struct TidyPackages;

impl Plugin for TidyPackages {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(Config {}: Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        batch.remove("producer");
        batch.map_texts("summary", summary);
        batch.map_texts("homepage", homepage);
        for (inside, field) in [("/meta/arch", "arch"), ("/meta/priority", "priority")] {
            let texts = batch.texts(inside);
            batch.set_texts(field, &texts);
        }
        Ok(())
    }
}

plugin!(TidyPackages);

/// The older producer leaves a stray blank at the end.
fn summary(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.map(|text| text.trim_end().into())
}

/// The older producer writes null for an unknown home page, the newer one nothing; a collection of Milvus 2.3 can
/// hold neither.
fn homepage(text: Option<&str>) -> Option<Cow<'_, str>> {
    Some(text.unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use kiteline_plugin_testing::{assert_schema_names_the_keys_of, readme_configs};

    use super::{Config, homepage, summary};

    #[test]
    fn a_stray_blank_at_the_end_of_a_summary_goes() {
        assert_eq!(summary(Some("ncurses audio player ")).as_deref(), Some("ncurses audio player"));
        assert_eq!(summary(Some(" audio player")).as_deref(), Some(" audio player"));
        assert_eq!(summary(None), None);
    }

    #[test]
    fn an_unknown_home_page_is_an_empty_text() {
        assert_eq!(homepage(None).as_deref(), Some(""));
        assert_eq!(homepage(Some("https://cmus.github.io/")).as_deref(), Some("https://cmus.github.io/"));
    }

    #[test]
    fn readme_and_schema_are_true() {
        assert_eq!(readme_configs::<Config>(include_str!("../README.md")).len(), 1);
        assert_schema_names_the_keys_of::<Config>(include_str!("../config.schema.json"));
    }
}
