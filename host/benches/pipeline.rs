//! The pipeline file of what is measured with the real binary.

use crate::topic::Topic;

/// Plugins that leave the records what they are but for a name, so that a program without any writes the same rows.
pub(crate) const PLUGINS: [&str; 4] = [
    r#"use = "rename"
config = { rename = { emb = "embedding" } }"#,
    r#"use = "defaults"
config = { values = { title = "untitled" } }"#,
    r#"use = "filter"
config = { keep = "tenant != 'nobody'" }"#,
    r#"use = "dimension"
config = { field = "embedding" }"#,
];
/// Lanes, as by default on the two cores that this is made for.
pub(crate) const LANES: usize = 2;

/// A pipeline from a topic to a collection, with more keys of `[milvus]` and more tables.
pub(crate) fn text(topic: &Topic, group: &str, uri: &str, collection: &str, milvus: &str, tables: &str) -> String {
    let Topic { name, brokers, .. } = topic;
    let plugins = PLUGINS.map(|plugin| format!("[[plugin]]\n{plugin}\n")).concat();
    format!(
        "name = \"bench\"\nlanes = {LANES}\n\
         [kafka]\nbrokers = \"{brokers}\"\ntopics = [\"{name}\"]\ngroup = \"{group}\"\nstart = \"earliest\"\n\
         [milvus]\nuri = \"{uri}\"\ncollection = \"{collection}\"\n{milvus}\n{plugins}{tables}"
    )
}
