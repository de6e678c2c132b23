//! What the plugin does, written as a part of the host would be: the same work on the same batch without a sandbox.

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, BooleanArray};
use kiteline::batch::{Batch, Column};

/// Renames, checks and labels.
pub(crate) fn label(batch: &mut Batch) {
    batch.rename("emb", "embedding");
    let ids = batch.column("id").and_then(|column| column.as_ints()).expect("they are integers");
    let keep: BooleanArray = ids.iter().map(|id| Some(id.is_some_and(|id| id > 0))).collect();
    let texts = |name: &str| batch.column(name).and_then(|column| column.as_texts()).expect("they are texts");
    let (tenants, titles) = (texts("tenant"), texts("title"));
    let bytes = tenants.value_data().len() + titles.value_data().len() + 2 * tenants.len();
    let mut labels = StringBuilder::with_capacity(tenants.len(), bytes);
    let mut label = String::new();
    for pair in tenants.iter().zip(titles) {
        let (Some(tenant), Some(title)) = pair else {
            labels.append_null();
            continue;
        };
        label.clear();
        label.extend([tenant, ": ", title]);
        labels.append_value(&label);
    }
    let labels = Column::texts(labels.finish());
    batch.set("label", labels);
    if keep.false_count() > 0 {
        *batch = batch.filter(&keep);
    }
}
