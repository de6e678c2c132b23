//! What the three plugins of the chain do, written as a part of the host would be: the same work on the same batch
//! without a sandbox.

use std::collections::HashSet;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, BooleanArray};
use foldhash::fast::FixedState;
use kiteline::batch::{Batch, Names};

use crate::feed::DIM;

/// `rename`: gives the vector the name that it has in the collection.
pub(crate) fn rename(batch: &mut Batch) {
    batch.rename("emb", "embedding");
}

/// `dimension`: drops the rows whose vector has another dimension.
pub(crate) fn dimension(batch: &mut Batch) {
    let Some(vectors) = batch.column("embedding").and_then(|column| column.as_lists()) else { return };
    let fits = |row: usize| vectors.is_null(row) || vectors.value_length(row) as usize == DIM;
    if !(0..vectors.len()).all(fits) {
        let keep: BooleanArray = (0..vectors.len()).map(|row| Some(fits(row))).collect();
        *batch = batch.filter(&keep);
    }
}

/// `route`: names the partition by the tenant, where that is a valid name and no more than `max` are in use.
#[derive(Default)]
pub(crate) struct Route {
    named: HashSet<Box<str>, FixedState>,
}

impl Route {
    pub(crate) fn process(&mut self, batch: &mut Batch, max: usize) {
        let Some(tenants) = batch.column("tenant").and_then(|column| column.as_texts()) else { return };
        // As the plugin does: where all are names already, they are handed on as they came.
        if tenants.iter().all(|tenant| tenant.is_some_and(|name| self.named.contains(name))) {
            return batch.set_partitions(Names::Each(tenants.clone()));
        }
        let mut names = StringBuilder::with_capacity(tenants.len(), tenants.value_data().len());
        let mut keep = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            let name = tenant.filter(|name| is_valid(name)).filter(|name| self.admit(name, max));
            keep.push(name.is_some());
            names.append_option(name);
        }
        batch.set_partitions(Names::Each(names.finish()));
        if keep.contains(&false) {
            *batch = batch.filter(&BooleanArray::from(keep));
        }
    }

    fn admit(&mut self, name: &str, max: usize) -> bool {
        self.named.contains(name) || self.named.len() < max && self.named.insert(name.into())
    }
}

fn is_valid(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic());
    first && name.len() <= 255 && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}
