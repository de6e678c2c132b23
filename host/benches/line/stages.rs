//! Each stage alone, in one thread: decode, the chain as WebAssembly and as native code, validation. Least wall time of
//! many rounds of one batch each: what only computes can be disturbed, never helped.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kiteline::batch::{Batch, Names, Operation, Origin, Records};
use kiteline::config::UnknownFields;
use kiteline::decode::{Decoder, Plan, Settled};
use kiteline::plugin::{Chain, Engine, Limits, Plugin};
use kiteline::sink::{Schema, validate};
use kiteline::target::{Collection, Target};
use serde::Deserialize;

use crate::feed::{Feed, collection};
use crate::native;

/// The shipped plugins that are measured, with their configuration.
pub(crate) const PLUGINS: [(&str, &str); 3] = [
    ("rename", r#"{"rename":{"emb":"embedding"}}"#),
    ("dimension", r#"{"field":"embedding"}"#),
    ("route", r#"{"field":"tenant","max":64}"#),
];
/// What the configuration of `route` says.
const PARTITIONS_MAX: usize = 64;
/// Rows in a batch. By default a batch of these records has 100, as it is cut at 1 MiB, and none has more than 1000.
/// With 10, a round is so short that it is left alone now and then on the busiest machine.
const ROWS: [usize; 3] = [10, 100, 1000];
/// Records that are gone through in turn.
const RECORDS: usize = 2000;
/// How long each step is measured.
const BUDGET: Duration = Duration::from_millis(250);
/// Rounds that each step gets at least.
const ROUNDS: usize = 20;

/// Measures all stages and prints a table.
pub(crate) fn measure(feed: &Feed) {
    let chains = Chains::new();
    let by_rows = ROWS.map(|rows| chains.measure(feed, rows));
    println!("Stages, one thread, µs per record (least wall time), by rows in a batch:\n");
    println!("| stage | {} | {} | {} |\n|---|---|---|---|", ROWS[0], ROWS[1], ROWS[2]);
    for (index, (stage, _)) in by_rows[0].iter().enumerate() {
        let [few, some, many] = by_rows.each_ref().map(|stages| stages[index].1);
        println!("| {stage} | {few:.3} | {some:.3} | {many:.3} |");
    }
    println!();
}

/// The stages, ready to be measured.
struct Chains {
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

impl Chains {
    fn new() -> Self {
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

    fn measure(&self, feed: &Feed, rows: usize) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        let mut note = |stage: &str, micros| found.push((stage.to_owned(), micros));

        let records = records(feed, rows);
        let mut decoder = decoder();
        note(
            "decode: JSON to columns",
            least(&records, |records| decoder.decode(Arc::clone(records), Operation::Upsert)),
        );
        note("for scale: serde_json into a struct", least(&records, |records| read_typed(records)));

        let mut batches: Vec<Batch> = records.iter().map(|records| self.decoded(&mut decoder, records)).collect();
        let mut whole = self.chain(&self.plugins);
        note("rename, dimension, route: wasm", least(&batches, |batch| whole.process(batch.clone())));
        let mut route = native::Route::default();
        note(
            "the same, native",
            least(&batches, |batch| {
                let mut batch = batch.clone();
                native::rename(&mut batch);
                native::dimension(&mut batch);
                route.process(&mut batch, PARTITIONS_MAX);
                batch
            }),
        );
        for plugin in &self.plugins {
            let name = &plugin.info().name;
            let mut chain = self.chain(std::slice::from_ref(plugin));
            note(&format!("{name}: wasm"), least(&batches, |batch| chain.process(batch.clone())));
            let native = |batch: &Batch| {
                let mut batch = batch.clone();
                match name.as_str() {
                    "rename" => native::rename(&mut batch),
                    "dimension" => native::dimension(&mut batch),
                    _ => route.process(&mut batch, PARTITIONS_MAX),
                }
                batch
            };
            note(&format!("{name}: native"), least(&batches, native));
            // The next plugin gets what this one leaves.
            batches = batches.into_iter().map(|batch| chain.process(batch).batch).collect();
        }
        assert!(batches.iter().all(|batch| batch.rows() == rows && batch.partitions().get(0).is_some()));

        let schema = Arc::new(Schema::new(Collection::clone(&self.collection)));
        note("validate", least(&batches, |batch| validate(batch, &schema, UnknownFields::Reject)));
        found
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

/// A decoder that knows the types, as from the collection.
fn decoder() -> Decoder {
    let mut plan = Plan::default();
    for (field, name) in collection("items", "emb").fields.iter().zip(["id", "title", "tenant", "emb"]) {
        plan.settle(name, field.ty.column_type().expect("a type that is written"), Settled::Target);
    }
    Decoder::json(plan)
}

fn records(feed: &Feed, rows: usize) -> Vec<Arc<Records>> {
    let ids: Vec<u64> = (0..RECORDS as u64).collect();
    let batch = |ids: &[u64]| {
        let mut records = Records::default();
        for id in ids {
            let origin = Origin { topic: "records".into(), partition: 0, offset: *id as i64 };
            records.push(origin, None, None, Some(&feed.payload(*id)), std::iter::empty());
        }
        Arc::new(records)
    };
    ids.chunks(rows).map(batch).collect()
}

fn read_typed(records: &Records) {
    for record in records.iter() {
        let payload = record.payload().expect("it has one");
        let Typed { id, title, tenant, emb } = serde_json::from_slice(payload).expect("it is JSON");
        black_box((id, title, tenant, emb));
    }
}

/// Least wall time of a round, in µs per record. Rounds go through the batches in turn.
fn least<B: Rows, T>(batches: &[B], mut round: impl FnMut(&B) -> T) -> f64 {
    let mut least = f64::MAX;
    let start = Instant::now();
    for (count, batch) in batches.iter().cycle().enumerate() {
        if count >= ROUNDS && start.elapsed() >= BUDGET {
            break;
        }
        let start = Instant::now();
        black_box(round(black_box(batch)));
        least = least.min(start.elapsed().as_secs_f64() * 1e6 / batch.rows() as f64);
    }
    least
}

trait Rows {
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
