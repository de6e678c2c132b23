//! The JSON Schema of the pipeline file, made from the structs and their comments.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use super::file::PipelineFile;

/// The JSON Schema (draft 2020-12) of a pipeline file, with every key's meaning and default. Editors check and complete
/// a file by it, and reading a file goes by it too.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let generator = settings.with_transform(RecursiveTransform(tidy)).into_generator();
    let mut schema = generator.into_root_schema_for::<PipelineFile>();
    schema.insert("title".to_owned(), "Kiteline pipeline".into());
    schema.to_value()
}

/// TOML has no null, so a key that may be left out doesn't take it; and a comment's line breaks are those of the source.
fn tidy(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") else {
        return;
    };
    alternatives.retain(|schema| schema.get("type").is_none_or(|name| name != "null"));
    if let [Value::Object(only)] = &alternatives[..] {
        let only = only.clone();
        schema.remove("anyOf");
        for (keyword, value) in only {
            schema.entry(keyword).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &Value, closed: &mut usize) {
        let Some(schema) = schema.as_object() else {
            return;
        };
        assert!(!schema.values().any(|value| value.is_null() || value == "null"), "{schema:?}");
        if schema.contains_key("properties") {
            assert_eq!(schema["additionalProperties"], false, "{schema:?}");
            *closed += 1;
        }
        for value in schema.values() {
            check(value, closed);
            value.as_array().into_iter().flatten().for_each(|value| {
                assert!(!value.is_null() && value != "null");
                check(value, closed);
            });
        }
    }

    #[test]
    fn tables_take_their_own_keys_only_and_nothing_is_null() {
        let mut closed = 0;
        check(&json_schema(), &mut closed);
        assert!(closed > 7, "the file and its tables");
    }

    #[test]
    fn says_what_it_is() {
        let schema = json_schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["properties"]["write"]["properties"]["bytes"]["default"], "8MiB");
        let meaning = "The plugins, in the order in which every record passes them.";
        assert_eq!(schema["properties"]["plugin"]["description"], meaning);
    }
}
