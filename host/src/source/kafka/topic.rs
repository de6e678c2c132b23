//! The topic of the dead letter: whether it is there, and creating it.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use tokio::runtime::Handle;

use super::ask;
use super::client::{Settings, setting};
use super::error::SourceError;

/// How long the brokers may take to answer, and to make a topic known.
const WAIT: Duration = Duration::from_secs(15);
/// What a topic of dead letters is created with: they have their records' times, which may be older than any retention.
const KEEP: (&str, &str) = ("retention.ms", "-1");

/// A topic as the pipeline wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Whether it is created where it is missing.
    pub create: bool,
    /// Its partitions where it is created.
    pub partitions: i32,
    /// The copies of each partition where it is created; -1 for what the brokers have for new topics.
    pub replication: i32,
}

/// What a look at the topic found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// It is there, with so many partitions.
    There(usize),
    /// It is missing. The brokers make topics when they are written to, or don't, or don't say whether.
    Missing(Option<bool>),
}

impl Topic {
    /// Looks whether the topic is there, without creating it.
    pub fn look(&self, settings: &Settings, runtime: &Handle) -> Result<Looked, SourceError> {
        let client = client(settings, false)?;
        if let Some(partitions) = self.ask(&client, settings, WAIT)? {
            return Ok(Looked::There(partitions));
        }
        let metadata = client.fetch_metadata(None, WAIT).map_err(SourceError::fatal)?;
        let broker = metadata.brokers().first().map(|broker| broker.id());
        let admin = admin(settings)?;
        let creates = broker.and_then(|broker| runtime.block_on(creates_topics(&admin, broker)));
        Ok(Looked::Missing(creates))
    }

    /// Makes sure that the topic is there: looks, creates it where that is wanted, or lets the brokers do it.
    pub fn ensure(&self, settings: &Settings, runtime: &Handle) -> Result<(), SourceError> {
        match self.look(settings, runtime)? {
            Looked::There(_) => Ok(()),
            Looked::Missing(_) if self.create => {
                runtime.block_on(self.make(&admin(settings)?))?;
                self.wait_for(&client(settings, false)?, settings)
            }
            Looked::Missing(Some(false)) => Err(self.missing(settings)),
            Looked::Missing(_) => self.wait_for(&client(settings, true)?, settings),
        }
    }

    /// Asks for the topic until it is there.
    fn wait_for(&self, client: &BaseConsumer, settings: &Settings) -> Result<(), SourceError> {
        let deadline = Instant::now() + WAIT;
        let found = ask::until(deadline, |wait| match self.ask(client, settings, wait) {
            // Brokers say that they know no such topic for some moments after it was made.
            Ok(None) => Err(KafkaError::MetadataFetch(Code::LeaderNotAvailable)),
            result => Ok(result),
        });
        found.map_err(|_| self.missing(settings))?.map(|_| ())
    }

    /// The number of partitions; none where there is no such topic.
    fn ask(&self, client: &BaseConsumer, settings: &Settings, wait: Duration) -> Result<Option<usize>, SourceError> {
        let metadata = client.fetch_metadata(Some(&self.name), wait).map_err(|error| SourceError::Unreachable {
            brokers: settings.brokers.clone(),
            reason: error.to_string(),
        })?;
        let topic = metadata.topics().iter().find(|topic| topic.name() == self.name);
        let error = topic.and_then(|topic| topic.error()).map(Code::from);
        match (topic, error) {
            (Some(topic), None) if !topic.partitions().is_empty() => Ok(Some(topic.partitions().len())),
            (None, _) | (_, None | Some(Code::UnknownTopicOrPartition | Code::LeaderNotAvailable)) => Ok(None),
            (_, Some(code)) => Err(SourceError::Fatal(format!("the dead letter's topic `{}`: {code}", self.name))),
        }
    }

    async fn make(&self, admin: &AdminClient<DefaultClientContext>) -> Result<(), SourceError> {
        let topic = NewTopic::new(&self.name, self.partitions, TopicReplication::Fixed(self.replication));
        let topic = topic.set(KEEP.0, KEEP.1);
        let refused = |reason: String| SourceError::NotCreated { topic: self.name.clone(), reason };
        let made = admin.create_topics([&topic], &options()).await.map_err(|error| refused(error.to_string()))?;
        match made.into_iter().next() {
            // Another process of the pipeline may have been quicker.
            Some(Ok(_) | Err((_, Code::TopicAlreadyExists))) => Ok(()),
            Some(Err((_, code))) => Err(refused(code.to_string())),
            None => Err(refused("the brokers gave no answer".to_owned())),
        }
    }

    fn missing(&self, settings: &Settings) -> SourceError {
        SourceError::NoDeadLetter { topic: self.name.clone(), brokers: settings.brokers.clone() }
    }
}

/// Whether brokers make topics that are written to. None where they don't say: it is a setting that not everyone may see.
async fn creates_topics(admin: &AdminClient<DefaultClientContext>, broker: i32) -> Option<bool> {
    let answer = admin.describe_configs([&ResourceSpecifier::Broker(broker)], &options()).await.ok()?;
    let config = answer.into_iter().next()?.ok()?;
    config.get("auto.create.topics.enable")?.value.as_deref().map(|value| value == "true")
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(WAIT)).operation_timeout(Some(WAIT))
}

fn admin(settings: &Settings) -> Result<AdminClient<DefaultClientContext>, SourceError> {
    settings.client_config().finish(&[]).create().map_err(setting)
}

/// A client whose questions make brokers create the topic, or don't.
fn client(settings: &Settings, creates: bool) -> Result<BaseConsumer, SourceError> {
    let creates = if creates { "true" } else { "false" };
    settings.client_config().finish(&[("allow.auto.create.topics", creates)]).create().map_err(setting)
}
