//! Each stage alone, in one thread: decode, the chain as WebAssembly and as native code, validation.

mod instructions;
mod native;
mod times;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use kiteline::batch::{Batch, Names, Operation, Records};
use kiteline::config::UnknownFields;
use kiteline::decode::Decoder;
use kiteline::plugin::{Chain, Engine, Limits, Plugin};
use kiteline::sink::{Schema, validate};
use kiteline::target::{Collection, Target};
use serde::Deserialize;

pub(crate) use self::instructions::count;
pub(crate) use self::times::measure;
use crate::feed::{Feed, collection, decoder};

/// The shipped plugins that are measured, with their configuration.
pub(crate) const PLUGINS: [(&str, &str); 3] = [
    ("rename", r#"{"rename":{"emb":"embedding"}}"#),
    ("dimension", r#"{"field":"embedding"}"#),
    ("route", r#"{"field":"tenant","max":64}"#),
];
/// How the names of stages begin that are none of ours.
pub(crate) const FOR_SCALE: &str = "for scale: ";
/// What the configuration of `route` says.
const PARTITIONS_MAX: usize = 64;

/// Measures a stage: something that is done to each batch of so many.
pub(crate) trait Meter {
    /// `round` does it to one batch.
    fn stage<B: Rows, T>(&mut self, name: &str, batches: &[B], round: impl FnMut(&B) -> T);
}

/// What has rows.
pub(crate) trait Rows {
    fn rows(&self) -> usize;
}

impl Rows for Batch {
    fn rows(&self) -> usize {
        Batch::rows(self)
    }
}

impl Rows for Arc<Records> {
    fn rows(&self) -> usize {
        self.len()
    }
}

/// The stages, ready to be measured.
pub(crate) struct Stages {
    collection: Arc<Collection>,
    target: Arc<Target>,
    plugins: Vec<Arc<Plugin>>,
}

/// A record as a program with a type of its own for it would read it: for scale.
#[derive(Deserialize)]
struct Typed<'a> {
    id: i64,
    title: &'a str,
    tenant: &'a str,
    emb: Vec<f32>,
}

impl Stages {
    pub(crate) fn new() -> Self {
        let collection = Arc::new(collection("items", "embedding"));
        let target = Arc::new(Target::new(vec![Arc::clone(&collection)]));
        let engine = Engine::new().expect("an engine");
        let limits = Limits { memory: 64 << 20, record_timeout: Duration::from_millis(100), answer: 64 << 20 };
        let load = |(name, config): (&str, &str)| {
            Arc::new(Plugin::shipped(&engine, name, config.to_owned(), limits, &target).expect("it loads"))
        };
        Self { plugins: PLUGINS.into_iter().map(load).collect(), collection, target }
    }

    fn chain(&self, plugins: &[Arc<Plugin>]) -> Chain {
        Chain::new(plugins, &self.target).expect("it starts")
    }

    /// Measures each stage with batches of so many of all records.
    pub(crate) fn measure(&self, feed: &Feed, records: usize, rows: usize, meter: &mut impl Meter) {
        let records = batches(feed, records, rows);
        let mut decoder = decoder();
        let decode = |records: &Arc<Records>| decoder.decode(Arc::clone(records), Operation::Upsert);
        meter.stage("decode: JSON to columns", &records, decode);
        meter.stage(&format!("{FOR_SCALE}serde_json into a struct"), &records, |records| read_typed(records));

        let mut batches: Vec<Batch> = records.iter().map(|records| self.decoded(&mut decoder, records)).collect();
        let mut whole = self.chain(&self.plugins);
        meter.stage("rename, dimension, route: wasm", &batches, |batch| whole.process(batch.clone()));
        let mut route = native::Route::default();
        meter.stage("the same, native", &batches, |batch| {
            let mut batch = batch.clone();
            native::rename(&mut batch);
            native::dimension(&mut batch);
            route.process(&mut batch, PARTITIONS_MAX);
            batch
        });
        for plugin in &self.plugins {
            let name = &plugin.info().name;
            let mut chain = self.chain(std::slice::from_ref(plugin));
            meter.stage(&format!("{name}: wasm"), &batches, |batch| chain.process(batch.clone()));
            meter.stage(&format!("{name}: native"), &batches, |batch| {
                let mut batch = batch.clone();
                match name.as_str() {
                    "rename" => native::rename(&mut batch),
                    "dimension" => native::dimension(&mut batch),
                    _ => route.process(&mut batch, PARTITIONS_MAX),
                }
                batch
            });
            // The next plugin gets what this one leaves.
            batches = batches.into_iter().map(|batch| chain.process(batch).batch).collect();
        }
        assert!(batches.iter().all(|batch| batch.rows() == rows && batch.partitions().get(0).is_some()));

        let schema = Arc::new(Schema::new(Collection::clone(&self.collection)));
        meter.stage("validate", &batches, |batch| validate(batch, &schema, UnknownFields::Reject));
    }

    /// A batch as the lane hands it to the chain.
    fn decoded(&self, decoder: &mut Decoder, records: &Arc<Records>) -> Batch {
        let decoded = decoder.decode(Arc::clone(records), Operation::Upsert);
        assert!(decoded.rejected.is_empty());
        let mut batch = decoded.batch;
        batch.set_collections(Names::All(Some(Arc::clone(&self.collection.name))));
        batch
    }
}

fn batches(feed: &Feed, records: usize, rows: usize) -> Vec<Arc<Records>> {
    let ids: Vec<u64> = (0..records as u64).collect();
    ids.chunks(rows).map(|ids| feed.records(ids.iter().copied())).collect()
}

fn read_typed(records: &Records) {
    for record in records.iter() {
        let payload = record.payload().expect("it has one");
        let Typed { id, title, tenant, emb } = serde_json::from_slice(payload).expect("it is JSON");
        black_box((id, title, tenant, emb));
    }
}
