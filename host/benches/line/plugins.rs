//! The plugins of a pipeline: shipped ones, in an order in which a pipeline may have them. All rows go through all.

/// As they stand in a pipeline file. The first four are the base.
pub(crate) const ALL: [(&str, &str); 10] = [
    ("rename", r#"{ rename = { emb = "embedding" } }"#),
    ("dimension", r#"{ field = "embedding" }"#),
    ("route", r#"{ field = "tenant" }"#),
    ("defaults", r#"{ values = { title = "", tenant = "none" } }"#),
    ("cast", r#"{ int = ["id"], text = ["title"] }"#),
    ("filter", r#"{ keep = "id >= 0" }"#),
    ("flatten", r#"{ fields = ["meta"] }"#),
    ("normalize", r#"{ fields = ["embedding"] }"#),
    ("mask", r#"{ hash = ["title"] }"#),
    ("add", r#"{ constants = { tenant = "all" } }"#),
];

/// The first so many as tables of a pipeline file.
pub(crate) fn first(count: usize) -> String {
    let table = |(name, config): &(&str, &str)| format!("[[plugin]]\nuse = \"{name}\"\nconfig = {config}\n");
    ALL[..count].iter().map(table).collect()
}
