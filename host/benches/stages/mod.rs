//! Each stage alone, in one thread: decode, the chain as WebAssembly and as native code, validation, write requests.

mod instructions;
mod native;
mod times;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use kiteline::batch::{Batch, Names, Operation, Records};
use kiteline::config::UnknownFields;
use kiteline::decode::{Decoder, KeyFormat};
use kiteline::plugin::{Chain, Engine, Limits, Plugin};
use kiteline::sink::{Group, Keys, Prepared, Present, Request, RowToken, Schema, Version, encoded, validate};
use kiteline::target::{Collection, Target};
use serde::Deserialize;

pub(crate) use self::instructions::count;
pub(crate) use self::times::measure;
use crate::feed::{Feed, collection, decoder, plan, records_of};
use crate::{format, plugins};

/// How the names of stages begin that are none of ours.
pub(crate) const FOR_SCALE: &str = "for scale: ";
/// Plugins of the chain that is measured as a whole, from the first.
const CHAIN: usize = 3;
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

impl Rows for Arc<Prepared> {
    fn rows(&self) -> usize {
        Prepared::rows(self).len()
    }
}

impl Rows for Request {
    fn rows(&self) -> usize {
        Request::rows(self)
    }
}

/// The stages, ready to be measured.
pub(crate) struct Stages {
    collection: Arc<Collection>,
    target: Arc<Target>,
    engine: Engine,
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

/// The same of Protobuf.
#[derive(Clone, PartialEq, prost::Message)]
struct TypedMessage {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(string, tag = "2")]
    title: String,
    #[prost(string, tag = "3")]
    tenant: String,
    #[prost(float, repeated, tag = "4")]
    emb: Vec<f32>,
}

impl Stages {
    pub(crate) fn new() -> Self {
        let collection = Arc::new(collection("items", "embedding"));
        let target = Arc::new(Target::new(vec![Arc::clone(&collection)]));
        let engine = Engine::new().expect("an engine");
        let mut this = Self { collection, target, engine, plugins: Vec::new() };
        this.plugins = plugins::ALL[..CHAIN].iter().map(|plugin| this.plugin(plugin)).collect();
        this
    }

    fn plugin(&self, (name, config): &(&str, &str)) -> Arc<Plugin> {
        let limits = Limits { memory: 64 << 20, record_timeout: Duration::from_millis(100), answer: 64 << 20 };
        let plugin = Plugin::shipped(&self.engine, name, (*config).to_owned(), limits, &self.target);
        Arc::new(plugin.expect("it loads"))
    }

    fn chain(&self, plugins: &[Arc<Plugin>]) -> Chain {
        Chain::new(plugins, &self.target).expect("it starts")
    }

    /// Measures each stage with batches of so many of all records.
    pub(crate) fn measure(&self, feed: &Feed, count: u64, rows: usize, meter: &mut impl Meter) {
        let ids: Vec<u64> = (0..count).collect();
        let ids: Vec<&[u64]> = ids.chunks(rows).collect();
        self.decode(feed, &ids, meter);
        let batches = self.process(feed, &ids, meter);

        let schema = Arc::new(Schema::new(Collection::clone(&self.collection)));
        meter.stage("validate", &batches, |batch| validate(batch, &schema, UnknownFields::Reject));
        let prepared: Vec<_> = batches.iter().map(|batch| validate(batch, &schema, UnknownFields::Reject).0).collect();
        meter.stage("gather: rows into a write request", &prepared, |prepared| gather(&schema, prepared));
        let requests: Vec<Request> = prepared.iter().map(|prepared| gather(&schema, prepared)).collect();
        meter.stage("encode: a write request into bytes", &requests, encoded);
    }

    fn decode(&self, feed: &Feed, ids: &[&[u64]], meter: &mut impl Meter) {
        let records: Vec<_> = ids.iter().map(|ids| json(feed, ids)).collect();
        let mut decoder = decoder();
        let decode = |records: &Arc<Records>| decoder.decode(Arc::clone(records), Operation::Upsert);
        meter.stage("decode: JSON to columns", &records, decode);
        meter.stage(&format!("{FOR_SCALE}serde_json into a struct"), &records, |records| read_typed(records));

        for (name, format, keys) in
            [("text", KeyFormat::Text, key_text as fn(u64) -> String), ("JSON", KeyFormat::Json, key_json)]
        {
            let records: Vec<_> = ids
                .iter()
                .map(|ids| records_of(ids.iter().copied(), |id| (Some(keys(id).into_bytes()), None)))
                .collect();
            let mut decoder = Decoder::raw().with_keys(format, "id", plan());
            meter.stage(&format!("decode: {name} key"), &records, |records| {
                decoder.decode(Arc::clone(records), Operation::Upsert)
            });
        }
        for format in format::ALL.iter().filter(|format| format.name != format::JSON.name) {
            let payload = |id| (None, Some((format.encode)(&feed.item(id))));
            let records: Vec<_> = ids.iter().map(|ids| records_of(ids.iter().copied(), payload)).collect();
            let mut decoder = format.decoder();
            let batches: Vec<Batch> = records.iter().map(|records| self.decoded(&mut decoder, records)).collect();
            let name = format!("decode: {}", format.name);
            let Some(plugin) = format.plugin() else {
                assert!(
                    batches.iter().all(|batch| batch.column("emb").is_some_and(|column| column.others().is_none()))
                );
                let decode = |records: &Arc<Records>| decoder.decode(Arc::clone(records), Operation::Upsert);
                meter.stage(&name, &records, decode);
                self.library(format.name, &records, meter);
                continue;
            };
            let mut chain = self.chain(&[self.plugin(plugin)]);
            assert!(batches.iter().all(|batch| chain.process(batch.clone()).batch.column("emb").is_some()));
            meter.stage(&format!("{name}: wasm"), &batches, |batch| chain.process(batch.clone()));
        }
    }

    /// The same by a library that many use, where there is one.
    fn library(&self, format: &str, records: &[Arc<Records>], meter: &mut impl Meter) {
        if format == format::AVRO.name {
            let schema = apache_avro::Schema::parse_str(format::AVRO_SCHEMA).expect("a schema");
            let reader = apache_avro::reader::datum::GenericDatumReader::builder(&schema).build().expect("a reader");
            meter.stage(&format!("{FOR_SCALE}apache-avro"), records, |records| {
                for mut payload in records.iter().filter_map(|record| record.payload()) {
                    black_box(reader.read_value(&mut payload).expect("it is Avro"));
                }
            });
        } else if format == format::PROTOBUF.name {
            meter.stage(&format!("{FOR_SCALE}prost into a struct"), records, |records| {
                for payload in records.iter().filter_map(|record| record.payload()) {
                    black_box(<TypedMessage as prost::Message>::decode(payload).expect("it is Protobuf"));
                }
            });
        }
    }

    /// The chain as a whole, and each plugin of it; what they leave.
    fn process(&self, feed: &Feed, ids: &[&[u64]], meter: &mut impl Meter) -> Vec<Batch> {
        let mut decoder = decoder();
        let mut batches: Vec<Batch> = ids.iter().map(|ids| self.decoded(&mut decoder, &json(feed, ids))).collect();
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
        let is_done =
            |(batch, ids): (&Batch, &&[u64])| batch.rows() == ids.len() && batch.partitions().get(0).is_some();
        assert!(batches.iter().zip(ids).all(is_done));
        batches
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

fn json(feed: &Feed, ids: &[u64]) -> Arc<Records> {
    records_of(ids.iter().copied(), |id| (None, Some(feed.payload(id))))
}

fn key_text(id: u64) -> String {
    id.to_string()
}

fn key_json(id: u64) -> String {
    format!(r#"{{"id": {id}}}"#)
}

/// As a lane does it: each row in the place of one that it overtakes.
fn gather(schema: &Arc<Schema>, prepared: &Arc<Prepared>) -> Request {
    let mut keys = Keys::of(schema);
    let mut request =
        Request::new(schema, Group { operation: Operation::Upsert, partition: None, present: Present::Row });
    for row in Prepared::rows(prepared) {
        let overtook = keys.get(prepared, row.index).map_or_else(Vec::new, |place| request.take(*place));
        let token = RowToken { batch: 0, record: row.record };
        let place = request.push(Version { prepared: Arc::clone(prepared), row: row.index, token }, overtook);
        keys.insert(prepared, row.index, place);
    }
    request
}

fn read_typed(records: &Records) {
    for record in records.iter() {
        let payload = record.payload().expect("it has one");
        let Typed { id, title, tenant, emb } = serde_json::from_slice(payload).expect("it is JSON");
        black_box((id, title, tenant, emb));
    }
}
