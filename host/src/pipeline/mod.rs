//! A pipeline that is ready to run: its file read, its plugins compiled and configured, its collections looked at, the
//! types of its fields settled. `run` and `check` both start here, so what `check` says is what `run` does.

pub(crate) mod cases;
mod create;
mod decoder;
mod error;
mod fits;
pub(crate) mod memory;
mod route;
mod schemas;
mod settle;
mod told;
mod version;

use create::Creating;
pub use create::ToCreate;
pub(crate) use decoder::{connect as connect_registry, decoder_of};
pub use error::StartError;
use memory::MemoryPlan;
pub use schemas::SchemaFileError;
pub(crate) use schemas::Schemas;
pub use settle::Mapping;
pub(crate) use settle::settle;
pub(crate) use version::Version;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;

use crate::batch::Operation;
use crate::config::{self, Deletes, End, Mode, PipelineFile, StartAt};
use crate::decode::{Decoder, Plan};
use crate::plugin::{Chain, Plugin};
use crate::registry::Registry;
use crate::sink::{self, Client, Described, Partitions, Rules};
use crate::source::TopicPartition;
use crate::source::kafka::{Settings, Start, Topic};
use crate::standstill::Standstill;
use crate::target::{Collection, Target};

/// A pipeline that is ready to run.
#[derive(Debug)]
pub struct Pipeline {
    file: PipelineFile,
    memory: MemoryPlan,
    kafka: Settings,
    schemas: Schemas,
    target: Arc<Target>,
    /// The plugins that it starts with.
    version: Version,
    partition: Option<Arc<str>>,
    collections: Collections,
    /// None where it was loaded without servers.
    milvus: Option<Milvus>,
    registry: Option<Registry>,
}

/// The connection to Milvus and the collections as they were at the start.
#[derive(Debug)]
pub(crate) struct Milvus {
    pub(crate) client: Client,
    standstill: Arc<Standstill>,
    pub(crate) collections: Vec<Arc<Writable>>,
    /// What `[milvus.create]` asks for, of each of them.
    to_create: Vec<ToCreate>,
}

/// A collection that the pipeline writes to.
#[derive(Debug)]
pub(crate) struct Writable {
    pub(crate) described: Described,
    pub(crate) partitions: Partitions,
}

#[derive(Debug)]
enum Collections {
    One(Arc<str>),
    ByTopic(BTreeMap<String, Arc<str>>),
}

/// Limits of the batches that plugins see, or of write requests.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Most rows.
    pub rows: usize,
    /// Most bytes.
    pub bytes: usize,
}

impl Pipeline {
    /// Loads the plugins without looking at any server: field types that come from the target stay open.
    pub fn offline(file: PipelineFile) -> Result<Self, StartError> {
        create::wanted(&file)?;
        Self::build(file, None, None, None)
    }

    /// Connects to Milvus, creates what `[milvus.create]` says, looks at the collections, and makes everything ready.
    /// Plugins are started outside of the runtime, as their WASI blocks on one of its own.
    pub fn connect(file: PipelineFile, runtime: &Handle) -> Result<Self, StartError> {
        Self::connect_by(file, None, Creating::Done, runtime)
    }

    /// The same without creating anything: what would be created is taken as if it were there.
    pub fn look(file: PipelineFile, runtime: &Handle) -> Result<Self, StartError> {
        Self::connect_by(file, None, Creating::Shown, runtime)
    }

    /// The same for a pipeline that runs already, with the plugins that are loaded, whatever their files are now; the
    /// tables are theirs. A collection that is gone is not created: whoever dropped it may be about to make another.
    pub(crate) fn connect_again(
        file: PipelineFile,
        running: Option<&Version>,
        runtime: &Handle,
    ) -> Result<Self, StartError> {
        Self::connect_by(file, running, Creating::Left, runtime)
    }

    fn connect_by(
        mut file: PipelineFile,
        running: Option<&Version>,
        creating: Creating,
        runtime: &Handle,
    ) -> Result<Self, StartError> {
        if let Some(running) = running {
            file.plugins.clone_from(&running.tables);
        }
        let milvus = runtime.block_on(Milvus::connect(&file, creating))?;
        fits::check(&file, &milvus)?;
        let registry = decoder::connect(&file.decode, runtime)?;
        Self::build(file, running.map(|running| running.plugins.clone()), Some(milvus), registry)
    }

    fn build(
        file: PipelineFile,
        plugins: Option<Vec<Arc<Plugin>>>,
        milvus: Option<Milvus>,
        registry: Option<Registry>,
    ) -> Result<Self, StartError> {
        let memory = MemoryPlan::new(&file, lanes(&file))?;
        let collections = milvus.iter().flat_map(|milvus| &milvus.collections);
        let collections = collections.map(|writable| Arc::clone(&writable.described.schema.collection));
        let target = Arc::new(Target::new(collections.collect()));
        let plugins = plugins.map_or_else(|| version::load(&file.plugins, &[], &target), Ok)?;
        let mut chain = Chain::new(&plugins, &target)?;
        let mut pipeline = Self {
            memory,
            kafka: kafka_settings(&file),
            schemas: Schemas::load(&file.decode)?,
            partition: file.milvus.partition.as_deref().map(Arc::from),
            collections: match &file.milvus.collection {
                config::Collection::One(name) => Collections::One(name.as_str().into()),
                config::Collection::ByTopic(table) => Collections::ByTopic(
                    table.iter().map(|(topic, name)| (topic.clone(), name.as_str().into())).collect(),
                ),
            },
            target,
            version: Version::default(),
            milvus,
            registry,
            file,
        };
        pipeline.version = pipeline.settle(pipeline.file.plugins.clone(), plugins, &mut chain);
        Ok(pipeline)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Its file.
    pub fn file(&self) -> &PipelineFile {
        &self.file
    }

    /// How Kafka is reached.
    pub fn kafka(&self) -> &Settings {
        &self.kafka
    }

    /// The plugins that it starts with, and what is settled through them.
    pub(crate) fn version(&self) -> &Version {
        &self.version
    }

    /// The plugins that it starts with, in their order.
    pub fn plugins(&self) -> &[Arc<Plugin>] {
        &self.version.plugins
    }

    /// The live schema as it was at the start.
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// The settled types of the record's fields.
    pub fn plan(&self) -> &Plan {
        &self.version.plan
    }

    /// Where each field of the collections comes from.
    pub fn mappings(&self) -> &[Mapping] {
        &self.version.mappings
    }

    /// The topic of the dead letter.
    pub fn dead_letter_topic(&self) -> Option<Topic> {
        self.file.dead_letter.as_ref().map(|dead_letter| Topic {
            name: dead_letter.topic.clone(),
            create: dead_letter.create,
            partitions: dead_letter.partitions.into(),
            replication: if dead_letter.replication == 0 { -1 } else { dead_letter.replication.into() },
        })
    }

    /// How the dead letter's topic is read to replay it: in a group of its own, from its beginning.
    pub fn replay_settings(&self) -> Result<Settings, StartError> {
        let topic = self.dead_letter_topic().ok_or(StartError::NoDeadLetter)?.name;
        let group = format!("{}-replay", self.kafka.group);
        Ok(Settings { topics: vec![topic], group, start: Start::Earliest, ..self.kafka.clone() })
    }

    /// Number of lanes.
    pub fn lanes(&self) -> usize {
        lanes(&self.file)
    }

    /// A decoder for a lane.
    pub fn decoder(&self) -> Decoder {
        self.decoder_of(&self.version.plan)
    }

    /// A decoder that takes the types of fields from their values, as the records have them by themselves; the keys are
    /// looked at or not.
    pub(crate) fn inferring_decoder(&self, with_keys: bool) -> Decoder {
        let mut decode = self.file.decode.clone();
        if !with_keys {
            decode.key.format = config::KeyFormat::None;
        }
        decoder_of(&decode, &self.schemas, Plan::default(), self.registry.as_ref()).with_bare_tombstones()
    }

    /// A decoder for a lane whose plugins settle other types.
    pub(crate) fn decoder_of(&self, plan: &Plan) -> Decoder {
        let decoder = decoder_of(&self.file.decode, &self.schemas, plan.clone(), self.registry.as_ref());
        if self.file.milvus.deletes == Deletes::Apply { decoder } else { decoder.with_bare_tombstones() }
    }

    /// How rows of a collection are written.
    pub fn mode(&self, collection: &Collection) -> Mode {
        if collection.primary_key().is_some_and(|key| key.auto_id) {
            return Mode::Insert;
        }
        self.file.milvus.mode.unwrap_or(Mode::Upsert)
    }

    /// The operation that rows for a collection have before any plugin.
    pub fn operation(&self, collection: Option<&str>) -> Operation {
        match collection.and_then(|name| self.target.collection(name)).map(|collection| self.mode(collection)) {
            Some(Mode::Insert) => Operation::Insert,
            Some(Mode::Upsert | Mode::PartialUpdate) | None => Operation::Upsert,
        }
    }

    /// The partition for rows that no plugin routes elsewhere.
    pub fn partition(&self) -> Option<&Arc<str>> {
        self.partition.as_ref()
    }

    /// The collection, where all topics go to one.
    pub fn only_collection(&self) -> Option<&Arc<str>> {
        match &self.collections {
            Collections::One(name) => Some(name),
            Collections::ByTopic(_) => None,
        }
    }

    /// The collection of a topic's records.
    pub fn collection_of(&self, topic: &str) -> Option<&str> {
        match &self.collections {
            Collections::One(name) => Some(name),
            Collections::ByTopic(table) => table.get(topic).map(AsRef::as_ref),
        }
    }

    /// Limits of the batches that plugins see.
    pub fn batch_limits(&self) -> Cut {
        Cut { rows: self.file.batch.rows, bytes: self.file.batch.bytes.as_usize() }
    }

    /// What batches and requests may take.
    pub(crate) fn memory(&self) -> MemoryPlan {
        self.memory
    }

    /// What the file says about rows, beside what their collection says.
    pub fn rules(&self) -> Rules {
        let milvus = &self.file.milvus;
        Rules {
            unknown_fields: milvus.unknown_fields,
            deletes: milvus.deletes,
            primary_key: milvus.primary_key,
            partial: milvus.mode == Some(Mode::PartialUpdate),
        }
    }

    /// The collections that rows go to.
    pub(crate) fn collections(&self) -> &[Arc<Writable>] {
        self.milvus.as_ref().map_or(&[], |milvus| &milvus.collections)
    }

    /// What of the collections is as it is, and may not be what the user expects.
    pub fn warnings(&self) -> Vec<String> {
        let Some(milvus) = &self.milvus else { return Vec::new() };
        let of = |writable: &Arc<Writable>| {
            let schema = &writable.described.schema;
            milvus.client.warnings(schema, self.operation(Some(&schema.collection.name)))
        };
        let remarks = milvus.to_create.iter().flat_map(|of| of.remarks.iter().cloned());
        milvus.collections.iter().flat_map(of).chain(remarks).collect()
    }

    /// What `[milvus.create]` asks for.
    pub fn to_create(&self) -> &[ToCreate] {
        self.milvus.as_ref().map_or(&[], |milvus| &milvus.to_create)
    }

    /// Until when nothing may be sent, where that is so.
    pub(crate) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.milvus.as_ref().and_then(|milvus| milvus.standstill.held_until(now))
    }

    pub(crate) fn milvus(&self) -> Option<&Milvus> {
        self.milvus.as_ref()
    }
}

impl Milvus {
    async fn connect(file: &PipelineFile, creating: Creating) -> Result<Self, StartError> {
        let wanted = create::wanted(file)?;
        let options = sink::Options {
            uri: file.milvus.uri.clone(),
            token: token(&file.milvus),
            tls: file.milvus.tls.as_ref().map(|tls| sink::Tls {
                ca: tls.ca.clone(),
                identity: tls.cert.clone().zip(tls.key.clone()),
                server_name: tls.server_name.clone(),
            }),
            database: file.milvus.database.clone(),
            timeout: file.milvus.timeout.get(),
        };
        let standstill = Standstill::watch(kafka_settings(file).session());
        let client = Client::connect_guarded(&options, &standstill).await?;
        let (mut collections, mut to_create) = (Vec::new(), Vec::new());
        for name in collection_names(file) {
            let (described, of_file) = create::describe(&client, &name, wanted.as_ref(), creating).await?;
            to_create.extend(of_file);
            let create_below = file.milvus.create_partitions.then_some(file.milvus.max_partitions);
            let name = &described.schema.collection.name;
            let partitions = Partitions::new(client.clone(), name, described.partitions.iter().cloned(), create_below);
            collections.push(Arc::new(Writable { described, partitions }));
        }
        Ok(Self { client, standstill, collections, to_create })
    }
}

/// Who asks, as Milvus wants to know it.
fn token(milvus: &config::Milvus) -> Option<String> {
    let password = milvus.password.as_ref().map_or("", |password| password.expose());
    let user = milvus.user.as_ref().map(|user| format!("{user}:{password}"));
    user.or_else(|| milvus.token.as_ref().map(|token| token.expose().to_owned()))
}

fn collection_names(file: &PipelineFile) -> Vec<String> {
    match &file.milvus.collection {
        config::Collection::One(name) => vec![name.clone()],
        config::Collection::ByTopic(table) => {
            let mut names: Vec<String> = table.values().cloned().collect();
            names.sort();
            names.dedup();
            names
        }
    }
}

fn kafka_settings(file: &PipelineFile) -> Settings {
    let kafka = &file.kafka;
    Settings {
        brokers: kafka.brokers.clone(),
        topics: kafka.topics.clone(),
        group: kafka.group.clone(),
        start: match &kafka.start {
            config::Start::End(End::Earliest) => Start::Earliest,
            config::Start::End(End::Latest) => Start::Latest,
            config::Start::At(StartAt { timestamp: Some(time), .. }) => Start::Time(time.millis().max(0)),
            config::Start::At(StartAt { offsets, .. }) => {
                let offsets = offsets.iter().flatten();
                let offsets = offsets.filter_map(|(name, offset)| {
                    Some((TopicPartition::parse(name)?, i64::try_from(*offset).unwrap_or(i64::MAX)))
                });
                Start::Offsets(offsets.collect())
            }
        },
        fetch_memory: kafka.fetch_memory.get(),
        client: kafka.client.iter().map(|(key, value)| (key.clone(), value.expose())).collect(),
    }
}

fn lanes(file: &PipelineFile) -> usize {
    match file.lanes {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        lanes => lanes,
    }
}
