//! The rows of a batch, held against the schema of the collection that each goes to.

use std::sync::Arc;

use arrow_array::BooleanArray;

use crate::batch::{Batch, Names, Rejection, Stage};
use crate::pipeline::Writable;
use crate::sink::{Prepared, Rules, validate};

/// The rows of a batch that may be written, by the index of their collection, and the records that may not.
pub(crate) fn prepare(
    batch: &Batch,
    collections: &[Arc<Writable>],
    rules: Rules,
) -> (Vec<(usize, Arc<Prepared>)>, Vec<Rejection>) {
    let mut rejected = Vec::new();
    let parts = by_collection(batch, collections, &mut rejected);
    let mut prepared = Vec::with_capacity(parts.len());
    for (collection, part) in parts {
        let (rows, flawed) = validate(&part, &collections[collection].described.schema, rules);
        rejected.extend(flawed);
        prepared.push((collection, rows));
    }
    (prepared, rejected)
}

/// Records of which nothing is left: no row, and no rejection.
pub(super) fn discarded(records: usize, prepared: &[(usize, Arc<Prepared>)], rejected: &[Rejection]) -> usize {
    let rows = prepared.iter().flat_map(|(_, prepared)| prepared.rows().map(|row| row.record));
    let mut gone = vec![true; records];
    for record in rows.chain(rejected.iter().map(|rejection| rejection.record)) {
        gone[record as usize] = false;
    }
    gone.into_iter().filter(|gone| *gone).count()
}

/// Most batches go to one collection.
fn by_collection(batch: &Batch, collections: &[Arc<Writable>], rejected: &mut Vec<Rejection>) -> Vec<(usize, Batch)> {
    let of = |name: Option<&str>| {
        collections.iter().position(|known| Some(&*known.described.schema.collection.name) == name)
    };
    if let Names::All(name) = batch.collections()
        && let Some(collection) = of(name.as_deref())
    {
        return vec![(collection, batch.clone())];
    }
    let goes: Vec<Option<usize>> = (0..batch.rows()).map(|row| of(batch.collections().get(row))).collect();
    for (row, _) in goes.iter().enumerate().filter(|(_, to)| to.is_none()) {
        let reason = "it goes to a collection that the pipeline does not name; see `milvus.collection`";
        rejected.push(Rejection::new(batch.record_of()[row], Stage::Validate, reason));
    }
    let parts = (0..collections.len()).map(|collection| {
        let mask: BooleanArray = goes.iter().map(|to| Some(*to == Some(collection))).collect();
        (collection, mask)
    });
    parts.filter(|(_, mask)| mask.true_count() > 0).map(|(to, mask)| (to, batch.filter(&mask))).collect()
}
