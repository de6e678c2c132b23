//! A pipeline file that explains itself: every key, its meaning and its default in comments.

use serde_json::Value;

use super::schema::json_schema;
use super::shape::{Layout, Shape};
use super::text;

const INTRODUCTION: &str = "Every key that a pipeline may have is here. Text follows a `#` and a space. A line that \
    starts with `#` alone shows a key that is not set, with its default, or with an example if it has none: take the \
    `#` away to set it.";

/// Longest line of a comment.
const WIDTH: usize = 100;

/// Writes a pipeline file with every key, its meaning and its default in comments.
///
/// `given` are the keys and values of a pipeline, as its file would have them; they are written as they are, so a key
/// that no pipeline has is found when the file is read. Keys that a file must have and `given` doesn't are written with
/// an example.
pub fn commented(given: &toml::Table) -> String {
    let given = serde_json::to_value(given).expect("every TOML value has a JSON form");
    let schema = json_schema();
    let shape = Shape::new(&schema);
    let mut page = Page::default();
    page.comment(shape.description());
    page.blank();
    page.comment(INTRODUCTION);
    page.table(shape, "", Part { given: &given, is_set: true });
    page.lines.join("\n") + "\n"
}

/// The lines of the file so far.
#[derive(Default)]
struct Page {
    lines: Vec<String>,
}

/// A table of the pipeline that is written.
#[derive(Clone, Copy)]
struct Part<'a> {
    given: &'a Value,
    /// Whether it is in the file, or shown as what could be.
    is_set: bool,
}

impl Page {
    fn blank(&mut self) {
        self.lines.push(String::new());
    }

    fn comment(&mut self, text: &str) {
        let lines = text::wrapped(text, WIDTH - 2);
        self.lines.extend(lines.iter().map(|line| format!("# {line}")));
    }

    /// A point of a list in a comment.
    fn point(&mut self, text: &str) {
        for (index, line) in text::wrapped(text, WIDTH - 4).iter().enumerate() {
            let mark = if index == 0 { '-' } else { ' ' };
            self.lines.push(format!("# {mark} {line}"));
        }
    }

    /// A line of TOML, behind a `#` where it is only shown.
    fn toml(&mut self, line: &str, is_set: bool) {
        let mark = if is_set { "" } else { "#" };
        self.lines.push(format!("{mark}{line}"));
    }

    /// The keys of a table, then the tables in it, whose headers begin with `prefix`.
    fn table(&mut self, shape: Shape<'_>, prefix: &str, part: Part<'_>) {
        for (key, value) in shape.properties().filter(|(_, value)| value.layout() == Layout::Line) {
            self.blank();
            self.comment(value.description());
            for (word, meaning) in value.words() {
                self.point(&format!("{}: {meaning}", text::quoted(word)));
            }
            self.key(shape, key, value, part);
        }
        self.unknown(shape, part);
        for (key, value) in shape.properties().filter(|(_, value)| value.layout() != Layout::Line) {
            let header = format!("{prefix}{key}");
            self.blank();
            self.comment(value.description());
            let is_there = value.default().is_some() || shape.required().any(|required| required == key);
            let given = part.given.get(key).unwrap_or(&Value::Null);
            if value.layout() == Layout::Tables {
                self.tables(value, &header, given);
            } else {
                let is_set = part.is_set && (is_there || !given.is_null());
                self.toml(&format!("[{header}]"), is_set);
                self.table(value, &format!("{header}."), Part { given, is_set });
            }
        }
    }

    /// The elements of a list of tables. The first explains the keys for all; without one an example does.
    fn tables(&mut self, shape: Shape<'_>, header: &str, given: &Value) {
        let Some(item) = shape.items() else { return };
        let elements = given.as_array().map_or(&[][..], Vec::as_slice);
        let first = Part { given: elements.first().unwrap_or(&Value::Null), is_set: !elements.is_empty() };
        self.toml(&format!("[[{header}]]"), first.is_set);
        self.table(item, &format!("{header}."), first);
        for element in elements.iter().skip(1) {
            self.blank();
            self.toml(&format!("[[{header}]]"), true);
            for (key, value) in element.as_object().into_iter().flatten() {
                self.toml(&text::line(key, value), true);
            }
        }
    }

    /// A key with the value that is given, or as it could be given.
    fn key(&mut self, table: Shape<'_>, key: &str, shape: Shape<'_>, part: Part<'_>) {
        if let Some(value) = part.given.get(key) {
            return self.toml(&text::line(key, value), true);
        }
        let Some(value) = shape.default().or(shape.example()) else {
            return;
        };
        let line = text::line(key, value);
        let is_required = table.required().any(|required| required == key);
        let is_exclusive = table.exclusive().any(|names| names.contains(&key));
        let is_given = |names: &Vec<&str>| names.iter().any(|name| part.given.get(name).is_some());
        let chosen = table.exclusive().find(is_given).or(table.exclusive().next()).unwrap_or_default();
        if is_exclusive && !chosen.contains(&key) {
            // Taking away a `#` must not give two keys of which only one may be.
            return self.comment(&format!("Instead of `{}`: {line}", chosen.join("` and `")));
        }
        self.toml(&line, part.is_set && is_required);
    }

    /// The given keys that no pipeline has.
    fn unknown(&mut self, shape: Shape<'_>, part: Part<'_>) {
        let given = part.given.as_object().into_iter().flatten();
        for (key, value) in given.filter(|(key, _)| shape.property(key).is_none()) {
            self.toml(&text::line(key, value), true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{PipelineFile, parse};

    fn given() -> toml::Table {
        toml::toml! {
            name = "demo"
            [kafka]
            brokers = "127.0.0.1:4000"
            topics = ["packages"]
            group = "demo"
            [[plugin]]
            use = "rename"
            config = { rename = { pkg = "name", emb = "embedding" } }
            [[plugin]]
            path = "plugins/tidy.wasm"
            [milvus]
            uri = "http://127.0.0.1:4001"
            collection = "packages"
            [dead_letter]
            topic = "packages.dead"
        }
    }

    fn read(text: &str) -> PipelineFile {
        let shipped = ["rename"];
        parse(text, "p.toml", &shipped, &|_| Some("x".into())).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"))
    }

    /// The file with every key set that it shows.
    fn all_set(text: &str) -> String {
        let lines = text.lines().map(|line| match line.strip_prefix('#') {
            Some(shown) if !shown.starts_with(' ') => shown,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn same(one: &PipelineFile, other: &PipelineFile) -> bool {
        format!("{one:?}") == format!("{other:?}")
    }

    #[test]
    fn shows_every_key_of_a_pipeline() {
        insta::assert_snapshot!(commented(&given()));
    }

    #[test]
    fn reads_as_what_was_given() {
        assert!(same(&read(&commented(&given())), &read(&given().to_string())));
    }

    #[test]
    fn reads_with_every_key_set_that_it_shows() {
        let mut file = read(&all_set(&commented(&given())).replace("http://", "https://"));
        file.milvus.uri = file.milvus.uri.replace("https://", "http://");
        // What has no default shows an example; the rest must read as if it were not there.
        assert!(file.decode.framing.take().is_some() && file.decode.key.framing.take().is_some());
        assert!(file.decode.registry.take().is_some() && file.decode.field.take().is_some());
        assert!(file.decode.csv.take().is_some() && file.decode.key.csv.take().is_some());
        assert!(file.decode.compression.take().is_some() && file.decode.key.compression.take().is_some());
        assert!(file.decode.protobuf.take().is_some() && file.decode.key.protobuf.take().is_some());
        assert!(file.milvus.token.take().is_some() && file.milvus.tls.take().is_some());
        assert!(file.milvus.create.take().is_some());
        assert!(
            file.milvus.database.take().is_some()
                && file.milvus.mode.take().is_some()
                && file.milvus.partition.take().is_some()
        );
        assert!(file.decode.schema_file.take().is_some() && file.decode.key.schema_file.take().is_some());
        assert!(file.admin.take().is_some() && file.limits.memory.take().is_some());
        assert!(file.write.rows_per_second.take().is_some() && file.write.bytes_per_second.take().is_some());
        assert!(file.dead_letter.as_mut().is_some_and(|dead_letter| dead_letter.stop_after.take().is_some()));
        assert!(same(&file, &read(&given().to_string())));
    }

    #[test]
    fn is_a_pipeline_of_examples_where_nothing_is_given() {
        let text = commented(&toml::Table::new());
        let file = read(&text);
        assert_eq!((file.name.as_str(), file.plugins.len(), file.dead_letter.is_some()), ("packages", 0, false));
        let file = read(&all_set(&text).replace("http://", "https://"));
        assert_eq!((file.name.as_str(), file.plugins.len(), file.dead_letter.is_some()), ("packages", 1, true));
    }

    #[test]
    fn every_key_has_a_default_or_an_example() {
        fn check(shape: Shape<'_>) {
            for (key, shape) in shape.properties() {
                assert!(!shape.description().is_empty(), "{key} has no description");
                match shape.layout() {
                    Layout::Line => assert!(shape.default().or(shape.example()).is_some(), "{key}"),
                    Layout::Table => check(shape),
                    Layout::Tables => check(shape.items().expect("a list of tables has items")),
                }
            }
        }
        check(Shape::new(&json_schema()));
    }

    #[test]
    fn writes_a_given_key_that_no_pipeline_has() {
        let mut wrong = given();
        wrong.insert("nmae".into(), "x".into());
        let mistakes = parse(&commented(&wrong), "p.toml", &["rename"], &|_| None).expect_err("the key is unknown");
        assert!(mistakes.to_string().contains("unknown key `nmae`"), "{mistakes}");
    }
}
