//! The plugins of a pipeline: shipped ones, in an order in which a pipeline may have them. All rows go through all.

/// Each with its configuration. The first four are those of most figures.
pub(crate) const ALL: [(&str, &str); 10] = [
    ("rename", r#"{"rename":{"emb":"embedding"}}"#),
    ("dimension", r#"{"field":"embedding"}"#),
    ("route", r#"{"field":"tenant","max":64}"#),
    ("defaults", r#"{"values":{"title":"","tenant":"none"}}"#),
    ("cast", r#"{"int":["id"],"text":["title"]}"#),
    ("filter", r#"{"keep":"id >= 0"}"#),
    ("flatten", r#"{"fields":["meta"]}"#),
    ("normalize", r#"{"fields":["embedding"]}"#),
    ("mask", r#"{"hash":["title"]}"#),
    ("add", r#"{"constants":{"tenant":"all"}}"#),
];

/// As tables of a pipeline file.
pub(crate) fn tables<'a>(plugins: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> String {
    let table = |(name, config): &(&str, &str)| {
        let config: toml::Table = serde_json::from_str(config).expect("JSON");
        format!("[[plugin]]\nuse = \"{name}\"\nconfig = {}\n", toml::Value::Table(config))
    };
    plugins.into_iter().map(table).collect()
}
