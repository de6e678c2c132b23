//! The JSON Schema of a configuration, kept true by a test.

use std::path::Path;

use schemars::JsonSchema;

use crate::Plugin;

/// Fails where the file is not the JSON Schema of the plugin's configuration; writes it where `UPDATE_SCHEMA=1`. The
/// file is then the text that [`Plugin::config_schema`] gives:
///
/// ```ignore
/// #[derive(serde::Deserialize)]
/// #[cfg_attr(test, derive(kiteline_guest::schemars::JsonSchema), schemars(crate = "kiteline_guest::schemars"))]
/// struct Config { … }
///
/// fn config_schema() -> String {
///     include_str!("../config.schema.json").to_owned()
/// }
///
/// #[test]
/// fn the_schema_is_true() {
///     check_schema::<MyPlugin>(concat!(env!("CARGO_MANIFEST_DIR"), "/config.schema.json"));
/// }
/// ```
pub fn check_schema<P: Plugin<Config: JsonSchema>>(file: impl AsRef<Path>) {
    let file = file.as_ref();
    let mut schema = schemars::schema_for!(P::Config);
    schema.insert("title".into(), P::NAME.into());
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).expect("a schema is JSON"));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(file, &schema).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    let found = std::fs::read_to_string(file).unwrap_or_default();
    assert!(found == schema, "{} is not true: run the test with UPDATE_SCHEMA=1", file.display());
    assert!(schema.len() <= 64 << 10, "a schema may have 64 KiB");
}
