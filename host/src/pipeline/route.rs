//! Where rows go before any plugin.

use std::sync::Arc;

use super::Pipeline;
use crate::batch::{Batch, Names, Operations};

impl Pipeline {
    /// Collection, partition and operation, as the pipeline file and the live schema say. Deletes stay deletes.
    pub(crate) fn route(&self, batch: &mut Batch) {
        batch.set_partitions(Names::All(self.partition().cloned()));
        if let Some(name) = self.only_collection() {
            batch.set_collections(Names::All(Some(Arc::clone(name))));
            let operations = Operations::All(self.operation(Some(name)));
            batch.set_operations(operations.with_deletes_of(batch.operations()));
            return;
        }
        let names = (0..batch.rows()).map(|row| self.collection_of(&batch.record(row).origin().topic));
        let names: Vec<Option<&str>> = names.collect();
        let operations = Operations::Each(names.iter().map(|name| self.operation(*name)).collect());
        batch.set_collections(Names::Each(names.into_iter().collect()));
        batch.set_operations(operations.with_deletes_of(batch.operations()));
    }
}
