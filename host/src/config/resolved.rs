//! The pipeline as it takes effect: every key, with the value that the file or the default gives it.

use serde_json::Value;

use super::file::PipelineFile;
use super::schema::json_schema;
use super::shape::{Layout, Shape};
use super::text;

/// Prints every key of a pipeline with the value that is in effect, as TOML. Secrets are hidden, and a key that is not
/// set and has no default is a comment.
pub fn resolved(file: &PipelineFile) -> String {
    let values = serde_json::to_value(file).expect("texts, numbers, lists and tables of them have a JSON form");
    let schema = json_schema();
    let mut lines = Vec::new();
    table(&mut lines, Shape::new(&schema), &values, "");
    lines.join("\n") + "\n"
}

/// Prints a table: first the keys that stand on a line, then the tables in it, whose headers begin with `prefix`.
fn table(lines: &mut Vec<String>, shape: Shape<'_>, values: &Value, prefix: &str) {
    let value = |key| values.get(key).unwrap_or(&Value::Null);
    for (key, _) in shape.properties().filter(|(_, shape)| shape.layout() == Layout::Line) {
        lines.push(match value(key) {
            Value::Null => format!("# {key} is not set"),
            value => text::line(key, value),
        });
    }
    for (key, shape) in shape.properties() {
        let path = format!("{prefix}{key}");
        let inner = format!("{path}.");
        match (shape.layout(), value(key)) {
            (Layout::Line, _) => {}
            (Layout::Table, Value::Null) => lines.extend([String::new(), format!("# [{path}] is not set")]),
            (Layout::Table, values) => {
                lines.extend([String::new(), format!("[{path}]")]);
                table(lines, shape, values, &inner);
            }
            (Layout::Tables, values) => {
                for values in values.as_array().into_iter().flatten() {
                    lines.extend([String::new(), format!("[[{path}]]")]);
                    table(lines, shape.items().unwrap_or(shape), values, &inner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn prints_every_key_and_no_secret() {
        let text = r#"
            name = "packages"
            kafka = { brokers = "b:9092", topics = ["a", "^b.*"], group = "g", client."sasl.password" = "${PW}", client.retries = 7 }
            decode.fields = { tags = "text[]" }
            plugin = [{ use = "rename", config.rename = { pkg = "name" } }, { path = "x.wasm", record_timeout = "1000ms" }]
            milvus = { uri = "http://m:19530", token = "root:${PW}", collection = { a = "one" } }
            write.bytes = 1048576
        "#;
        let file = parse(text, "p.toml", &["rename"], &|_| Some("hunter2".into())).expect("the file is right");
        assert!(file.milvus.token.as_ref().is_some_and(|token| token.expose() == "root:hunter2"));
        insta::assert_snapshot!(resolved(&file));
        assert!(!format!("{file:?}").contains("hunter2"));
    }

    #[test]
    fn prints_what_reads_as_the_same_pipeline() {
        let text = "name = 'p'\nkafka = { brokers = 'b', topics = ['a'], group = 'g' }\n\
            milvus = { uri = 'http://m', collection = 'c' }\ndead_letter.topic = 'd'\nplugin = [{ path = 'x' }]";
        let read = |text: &str| parse(text, "p.toml", &[], &|_| None).expect("the file is right");
        let file = read(text);
        assert_eq!(format!("{:?}", read(&resolved(&file))), format!("{file:?}"));
    }
}
