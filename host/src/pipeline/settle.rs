//! Settling the types of fields before the first record.

use std::collections::BTreeMap;

use crate::batch::Type;
use crate::config::{Decode, PrimaryKey};
use crate::decode::{Plan, Settled};
use crate::plugin::{Chain, Source, sources};
use crate::target::Target;

/// Where a field of a collection comes from, as `check` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The collection.
    pub collection: String,
    /// The collection's field.
    pub field: String,
    /// Where it comes from.
    pub source: Source,
}

/// Types by the pipeline file, then by the fields of the target as seen through the plugins' renames. A field that
/// ends in two collections in different types stays open. Primary keys are told where rows bring them.
pub(crate) fn settle(
    decode: &Decode,
    primary_key: PrimaryKey,
    target: &Target,
    chain: &mut Chain,
) -> (Plan, Vec<Mapping>) {
    let mut plan = Plan::default();
    let mut mappings = Vec::new();
    let mut wanted: BTreeMap<String, Option<Type>> = BTreeMap::new();
    for collection in target.collections() {
        let found = sources(chain, collection.writable().map(|field| &*field.name));
        for (field, (name, source)) in collection.writable().zip(found) {
            if let (Source::Field(from), Some(ty)) = (&source, field.ty.column_type()) {
                let ty = wanted.entry(from.clone()).or_insert(Some(ty)).filter(|other| *other == ty);
                wanted.insert(from.clone(), ty);
            }
            if let Source::Field(from) = &source
                && field.primary
                && primary_key != PrimaryKey::Origin
            {
                plan.set_primary(from.as_str());
            }
            mappings.push(Mapping { collection: collection.name.to_string(), field: name.to_owned(), source });
        }
    }
    for (name, ty) in wanted {
        if let Some(ty) = ty {
            plan.settle(name, ty, Settled::Target);
        }
    }
    for (name, ty) in &decode.fields {
        plan.settle(name.clone(), (*ty).into(), Settled::Declared);
    }
    (plan, mappings)
}
