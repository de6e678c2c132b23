//! Renames, checks and labels: the same small job in five languages, see `../README.md`.

use std::fmt::Write;

use kiteline_guest::{Batch, Plugin, Texts, plugin};

/// There is nothing to configure.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

#[derive(Debug)]
struct Label;

impl Plugin for Label {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn new(Config {}: Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        batch.rename("emb", "embedding");
        for (row, id) in batch.ints("id").into_iter().enumerate() {
            if id.is_none_or(|id| id <= 0) {
                batch.reject(row, "id is not positive");
            }
        }
        let (tenants, titles) = (batch.texts("tenant"), batch.texts("title"));
        let mut labels = Texts::with_capacity(batch.len());
        let mut label = String::new();
        for (tenant, title) in tenants.iter().zip(titles.iter()) {
            let (Some(tenant), Some(title)) = (tenant, title) else {
                labels.push(None);
                continue;
            };
            label.clear();
            write!(label, "{tenant}: {title}").map_err(|error| error.to_string())?;
            labels.push(Some(&label));
        }
        batch.set_texts("label", &labels);
        Ok(())
    }
}

plugin!(Label);

#[cfg(test)]
mod tests {
    use kiteline_guest::testing::{Rows, Tester};
    use serde_json::json;

    use super::Label;

    #[test]
    fn rows_are_labelled_and_checked() {
        let rows = Rows::json(&[
            r#"{"id": 1, "title": "a kite", "tenant": "t"}"#,
            r#"{"id": 0, "title": "a kite", "tenant": "t"}"#,
            r#"{"id": 2, "title": "a kite", "emb": 3}"#,
        ]);
        let after = Tester::<Label>::new("{}").expect("configured").process(rows).expect("processed");
        let labelled = json!({"id": 1, "title": "a kite", "tenant": "t", "label": "t: a kite"});
        assert_eq!(after.json(), [labelled, json!({"id": 2, "title": "a kite", "embedding": 3})]);
        assert_eq!(after.rejected(), [(1, "id is not positive".to_owned())]);
    }
}
