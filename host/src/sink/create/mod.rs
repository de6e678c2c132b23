//! Creating what `[milvus.create]` says: the collection, its partitions and indexes, and loading it. Each step is taken
//! only where it is not done, and one that another process has done meanwhile is done: so processes may start at the
//! same time, and a start after a crash goes on where that one stopped.

mod compare;
mod newer;
mod request;
mod wanted;

pub use wanted::Wanted;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use milvus::proto::milvus as proto;
use tokio::time::Instant;

use super::connect::Client;
use super::error::SinkError;
use super::fault::Code;
use super::schema::{COLLECTION_MISSING, Described};

/// Milvus' code for an index that does not exist, and the one of servers before 2.3.
const INDEX_MISSING: [Code; 2] = [Code::Milvus(700), Code::Legacy(11)];
/// The partition that every collection has.
const DEFAULT_PARTITION: &str = "_default";
/// How long loading is waited for. It goes on in Milvus all the same, and rows can be written meanwhile.
const LOADED_WITHIN: Duration = Duration::from_secs(60);
/// How often its progress is asked for.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// One thing that is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Collection,
    Partition(String),
    /// The index of that field.
    Index(usize),
    Load,
}

/// What a look at the collection found.
#[derive(Debug)]
pub struct Outlook {
    steps: Vec<Step>,
    /// What is there and another than the file says, and may be so.
    pub remarks: Vec<String>,
}

impl Outlook {
    /// True where there is no such collection.
    pub fn is_missing(&self) -> bool {
        self.steps.contains(&Step::Collection)
    }

    /// True where rows can't all be written yet: the collection or one of its partitions is missing.
    pub fn is_begun(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Collection | Step::Partition(_)))
    }

    /// What is still to be done, a line each.
    pub fn to_do<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = String> + 'a {
        self.steps.iter().map(|step| match step {
            Step::Collection => wanted.text(),
            Step::Partition(name) => format!("the partition `{name}`"),
            Step::Index(place) => wanted.index_text(*place),
            Step::Load => match wanted.replicas {
                1 => "load it".to_owned(),
                copies => format!("load it, in {copies} copies"),
            },
        })
    }
}

impl Wanted {
    fn text(&self) -> String {
        let fields = match self.fields.len() {
            1 => "1 field".to_owned(),
            count => format!("{count} fields"),
        };
        let dynamic = if self.dynamic { " and the dynamic field" } else { "" };
        let shards = if self.shards == 1 { String::new() } else { format!(", {} shards", self.shards) };
        format!("the collection with {fields}{dynamic}{shards}")
    }

    fn index_text(&self, place: usize) -> String {
        let field = &self.fields[place];
        let index = field.index.as_ref().map(|index| {
            let metric = index.metric.as_ref().map_or(String::new(), |metric| format!(" by {metric}"));
            format!("{}{metric}", index.kind)
        });
        format!("the index of `{}`, {}", field.field.name, index.unwrap_or_default())
    }

    /// The fields with an index, by their place.
    fn indexed(&self) -> impl Iterator<Item = usize> {
        (0..self.fields.len()).filter(|place| self.fields[*place].index.is_some())
    }
}

impl Client {
    /// Looks what of the wanted collection is still to be done. One that is there and another is a mistake, told field
    /// by field.
    pub async fn outlook(&self, collection: &str, wanted: &Wanted) -> Result<Outlook, SinkError> {
        let lacks = newer::lacks(&self.server, wanted);
        if !lacks.is_empty() {
            return Err(SinkError::Misconfigured(lacks.join("\n")));
        }
        let Some(there) = self.there(collection).await? else {
            let mut steps = vec![Step::Collection];
            steps.extend(wanted.partitions.iter().cloned().map(Step::Partition));
            steps.extend(wanted.indexed().map(Step::Index));
            steps.extend(wanted.load.then_some(Step::Load));
            return Ok(Outlook { steps, remarks: Vec::new() });
        };
        let differences = compare::collection(wanted, &there);
        if !differences.grave.is_empty() {
            let lines: Vec<String> = differences.grave.iter().map(|line| format!("\n  {line}")).collect();
            return Err(SinkError::Misconfigured(format!(
                "the collection `{collection}` is there and not as [milvus.create] says:{}\nwrite there what the \
                 collection is, or leave the table out; or set another `collection`, or drop this one with all its rows",
                lines.concat()
            )));
        }
        let mut steps = Vec::new();
        if !wanted.partitions.is_empty() {
            let names = self.partition_names(collection).await;
            let names = names.map_err(|fault| self.error(&fault, &format!("list the partitions of `{collection}`")))?;
            let missing = wanted.partitions.iter().filter(|name| !names.contains(name));
            steps.extend(missing.cloned().map(Step::Partition));
        }
        let indexes = self.indexes(collection).await?;
        steps.extend(
            wanted.indexed().filter(|place| !indexes.contains_key(&*wanted.fields[*place].field.name)).map(Step::Index),
        );
        let makes_index = steps.iter().any(|step| matches!(step, Step::Index(_)));
        if wanted.load && (makes_index || !self.is_loaded(collection).await?) {
            steps.push(Step::Load);
        }
        let mut remarks = differences.slight;
        remarks.extend(compare::indexes(wanted, &indexes));
        let of = |text: String| format!("the collection `{collection}` is not in all as [milvus.create] says: {text}");
        Ok(Outlook { steps, remarks: remarks.into_iter().map(of).collect() })
    }

    /// Does what is still to be done.
    pub async fn create(&self, collection: &str, wanted: &Wanted) -> Result<Outlook, SinkError> {
        let mut outlook = self.outlook(collection, wanted).await?;
        if outlook.is_missing() {
            let request = request::collection(collection, wanted);
            let what = format!("create the collection `{collection}`");
            let made = self.ask(&what, request, async |mut service, request| service.create_collection(request).await);
            let made = made.await;
            // Another process may have been quicker, and servers leave out what they don't know: so it is looked at.
            outlook = self.outlook(collection, wanted).await?;
            if outlook.is_missing() {
                made?;
                return Err(SinkError::NoCollection { address: self.address().into(), collection: collection.into() });
            }
            if made.is_ok() {
                tracing::info!(collection, "created");
            }
        }
        for step in &outlook.steps {
            self.take(collection, wanted, step).await?;
        }
        Ok(outlook)
    }

    /// The collection as if all had been done.
    pub fn as_created(&self, collection: &str, wanted: &Wanted) -> Described {
        let schema = wanted.schema(collection, self.server.json_values());
        let partitions = std::iter::once(DEFAULT_PARTITION.to_owned()).chain(wanted.partitions.iter().cloned());
        Described { schema: Arc::new(schema), partitions: partitions.collect() }
    }

    async fn take(&self, collection: &str, wanted: &Wanted, step: &Step) -> Result<(), SinkError> {
        match step {
            Step::Collection => Ok(()),
            Step::Partition(name) => {
                let request = proto::CreatePartitionRequest {
                    collection_name: collection.into(),
                    partition_name: name.clone(),
                    ..proto::CreatePartitionRequest::default()
                };
                let what = format!("create the partition `{name}` of `{collection}`");
                let made =
                    self.ask(&what, request, async |mut service, request| service.create_partition(request).await);
                let Err(error) = made.await else { return Ok(()) };
                match self.partition_names(collection).await {
                    Ok(names) if names.contains(name) => Ok(()),
                    _ => Err(error),
                }
            }
            Step::Index(place) => {
                let field = &wanted.fields[*place];
                let Some(index) = &field.index else { return Ok(()) };
                let name = &*field.field.name;
                let request = request::index(collection, name, index);
                let what = format!("create the index of `{name}` in `{collection}`");
                let made = self.ask(&what, request, async |mut service, request| service.create_index(request).await);
                let Err(error) = made.await else { return Ok(()) };
                if self.indexes(collection).await?.contains_key(name) { Ok(()) } else { Err(error) }
            }
            Step::Load => self.load_wanted(collection, wanted).await,
        }
    }

    /// The collection as the server describes it; none where there is none.
    async fn there(&self, collection: &str) -> Result<Option<proto::DescribeCollectionResponse>, SinkError> {
        let request = proto::DescribeCollectionRequest {
            collection_name: collection.into(),
            ..proto::DescribeCollectionRequest::default()
        };
        match self.call(request, async |mut service, request| service.describe_collection(request).await).await {
            Ok(there) => Ok(Some(there)),
            Err(fault) if COLLECTION_MISSING.contains(&fault.code()) => Ok(None),
            Err(fault) => Err(self.error(&fault, &format!("describe the collection `{collection}`"))),
        }
    }

    /// The indexes by their fields.
    async fn indexes(&self, collection: &str) -> Result<HashMap<String, proto::IndexDescription>, SinkError> {
        let request = proto::DescribeIndexRequest {
            collection_name: collection.into(),
            ..proto::DescribeIndexRequest::default()
        };
        match self.call(request, async |mut service, request| service.describe_index(request).await).await {
            Ok(answer) => {
                Ok(answer.index_descriptions.into_iter().map(|index| (index.field_name.clone(), index)).collect())
            }
            Err(fault) if INDEX_MISSING.contains(&fault.code()) => Ok(HashMap::new()),
            Err(fault) => Err(self.error(&fault, &format!("describe the indexes of `{collection}`"))),
        }
    }

    /// Loads the collection, and waits for a while until it is.
    async fn load_wanted(&self, collection: &str, wanted: &Wanted) -> Result<(), SinkError> {
        let request = proto::LoadCollectionRequest {
            collection_name: collection.into(),
            replica_number: i32::try_from(wanted.replicas).unwrap_or(1),
            ..proto::LoadCollectionRequest::default()
        };
        let what = format!("load the collection `{collection}`");
        self.ask(&what, request, async |mut service, request| service.load_collection(request).await).await?;
        let deadline = Instant::now() + LOADED_WITHIN;
        while !self.is_loaded(collection).await? {
            if Instant::now() > deadline {
                tracing::warn!(collection, "is not loaded yet; rows are written, and can't be searched until it is");
                return Ok(());
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
        Ok(())
    }
}
