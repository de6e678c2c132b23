//! Questions to the collection, and whether Milvus answers as expected.

use super::page::{bold, note};
use super::{COLLECTION, feed, setup};
use crate::cli::exit::Exit;
use crate::pipeline::StartError;
use crate::sink::{Hit, Search};

/// Questions of which the answers are shown; all are asked.
const SHOWN: usize = 6;
/// Answers that are shown of each.
const ANSWERS: usize = 3;

/// Asks all questions, shows some answers, and fails where the best answer is not the expected one.
pub(super) async fn ask(uri: &str) -> Result<(), Exit> {
    let client = setup::client(uri).await?;
    let queries = feed::queries();
    let step = queries.len() / SHOWN;
    let mut wrong = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        let search = Search {
            field: "embedding",
            vector: &query.emb,
            filter: query.filter.as_deref().unwrap_or_default(),
            limit: ANSWERS,
            fields: &["name", "section", "summary"],
        };
        let hits = client.search(COLLECTION, &search).await.map_err(StartError::from)?;
        if hits.first().and_then(|hit| hit.key.as_str()) != query.top5.first().map(|answer| answer.pkg.as_str()) {
            wrong.push(query.text.as_str());
        }
        if number % step == 0 && number / step < SHOWN {
            show(&query.text, query.filter.as_deref(), &hits);
        }
    }
    note(&format!("{} of {} questions got the expected first answer", queries.len() - wrong.len(), queries.len()));
    if wrong.is_empty() { Ok(()) } else { Err(Exit::Failed(format!("unexpected answers to: {}", wrong.join("; ")))) }
}

fn show(text: &str, filter: Option<&str>, hits: &[Hit]) {
    note(&match filter {
        Some(filter) => format!("{}   where {filter}", bold(text)),
        None => bold(text),
    });
    for hit in hits {
        let field = |name: &str| hit.fields.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        note(&format!("  {:.3}  {:<24} {:<12} {}", hit.score, field("name"), field("section"), field("summary")));
    }
    println!();
}
