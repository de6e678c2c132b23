//! Rejects rows whose vector has another dimension than it should.

mod check;

use std::collections::BTreeMap;

use check::{Config, Expected, reason};
use kiteline_guest::{Batch, Plugin, log, plugin, target};

#[derive(Debug)]
struct Dimension {
    config: Config,
    /// A message about a field without a known dimension was logged.
    warned: bool,
}

impl Plugin for Dimension {
    type Config = Config;
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn config_schema() -> String {
        include_str!("../config.schema.json").to_owned()
    }

    fn new(config: Config) -> Result<Self, String> {
        let collections = target::collections();
        config.check(&collections, |collection, field| target::dim(collection, field).is_some())?;
        Ok(Self { config, warned: false })
    }

    fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
        for (field, expected) in self.expected() {
            reject(batch, &field, &expected);
        }
        Ok(())
    }
}

impl Dimension {
    /// The dimension of each field that is checked. The schema may have changed since the last call.
    fn expected(&mut self) -> BTreeMap<String, Expected> {
        if let (Some(field), Some(dimension)) = (&self.config.field, self.config.dimension) {
            return BTreeMap::from([(field.clone(), Expected::Always(dimension.get()))]);
        }
        let mut expected: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
        let collections = target::collections();
        for collection in &collections {
            let fields = self.config.field.clone().map_or_else(|| target::fields(collection), |field| vec![field]);
            for field in fields {
                if let Some(dim) = target::dim(collection, &field) {
                    expected.entry(field).or_default().push((collection.clone(), dim as usize));
                }
            }
        }
        if expected.is_empty() && !collections.is_empty() && !self.warned {
            self.warned = true;
            log::warn("no collection has such a vector field: no dimension is checked");
        }
        expected.into_iter().map(|(field, dims)| (field, Expected::of(dims, collections.len()))).collect()
    }
}

fn reject(batch: &mut Batch, field: &str, expected: &Expected) {
    let dims = batch.dims(field);
    let collections = match expected {
        Expected::Always(_) => Vec::new(),
        Expected::ByCollection(_) => batch.collections(),
    };
    for (row, dim) in dims.into_iter().enumerate() {
        let collection = collections.get(row).map_or("", String::as_str);
        if let (Some(dim), Some(expected)) = (dim, expected.in_collection(collection))
            && dim != expected
        {
            batch.reject(row, &reason(field, dim, expected));
        }
    }
}

plugin!(Dimension);
