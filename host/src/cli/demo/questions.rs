//! Questions to the collection, and whether Milvus answers as expected.

use super::feed::{Answer, Query};
use super::page::{bold, note};
use super::{COLLECTION, feed, setup};
use crate::cli::exit::Exit;
use crate::pipeline::StartError;
use crate::sink::{Hit, Search};

/// Questions of which the answers are shown at first; all are asked.
const SHOWN: usize = 6;
/// Answers that are shown of each.
const ANSWERS: usize = 3;
/// Answers that are asked for, and compared.
const BEST: usize = 5;

/// When the questions are asked.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Moment {
    /// All packages are there, as they were.
    Before,
    /// All changes are there too.
    After,
}

impl Query {
    fn expected(&self, moment: Moment) -> &[Answer] {
        match &self.top5_after_cdc {
            Some(answers) if moment == Moment::After => answers,
            _ => &self.top5,
        }
    }
}

/// Asks all questions, and fails where the best five answers are not the expected ones. Before the changes it shows some,
/// after them those whose answers are others now.
pub(super) async fn ask(uri: &str, moment: Moment) -> Result<(), Exit> {
    let client = setup::client(uri).await?;
    let queries = feed::queries();
    let step = queries.len() / SHOWN;
    let mut wrong = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        let search = Search {
            field: "embedding",
            vector: &query.emb,
            filter: query.filter.as_deref().unwrap_or_default(),
            limit: BEST,
            fields: &["name", "section", "summary"],
        };
        let hits = client.search(COLLECTION, &search).await.map_err(StartError::from)?;
        let found = hits.iter().map(|hit| hit.key.as_str().unwrap_or_default());
        if !found.eq(query.expected(moment).iter().map(|answer| answer.pkg.as_str())) {
            wrong.push(query.text.as_str());
        }
        match moment {
            Moment::Before if number % step == 0 && number / step < SHOWN => {
                show(query, &hits[..ANSWERS.min(hits.len())])
            }
            Moment::After if query.top5_after_cdc.is_some() => show_change(query, &hits),
            _ => {}
        }
    }
    let (right, all) = (queries.len() - wrong.len(), queries.len());
    note(&format!("{right} of {all} questions got the expected {BEST} answers, in their order"));
    if wrong.is_empty() { Ok(()) } else { Err(Exit::Failed(format!("unexpected answers to: {}", wrong.join("; ")))) }
}

fn show(query: &Query, hits: &[Hit]) {
    title(query);
    for hit in hits {
        show_hit(' ', hit);
    }
    println!();
}

/// The answers that are gone, and all that there are, the new ones marked.
fn show_change(query: &Query, hits: &[Hit]) {
    title(query);
    let before: Vec<&str> = query.top5.iter().map(|answer| answer.pkg.as_str()).collect();
    let now: Vec<&str> = hits.iter().filter_map(|hit| hit.key.as_str()).collect();
    for gone in before.iter().filter(|name| !now.contains(name)) {
        note(&format!("-        {gone}"));
    }
    for (hit, name) in hits.iter().zip(&now) {
        show_hit(if before.contains(name) { ' ' } else { '+' }, hit);
    }
    println!();
}

fn title(query: &Query) {
    note(&match &query.filter {
        Some(filter) => format!("{}   where {filter}", bold(&query.text)),
        None => bold(&query.text),
    });
}

fn show_hit(mark: char, hit: &Hit) {
    let field = |name: &str| hit.fields.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let Hit { score, .. } = hit;
    note(&format!("{mark} {score:.3}  {:<24} {:<12} {}", field("name"), field("section"), field("summary")));
}
