//! What all lanes know of schemas, and who waits for which.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::RegistryError;
use super::client::{Client, Options};
use super::http::Failure;
use super::resolve;
use super::schema::{Answer, Schema, SchemaId};
use crate::pauses::Pauses;

/// Most schemas that are kept, beside those that a batch is being read with. A topic has a few.
const KEPT: usize = 1000;
/// Most schemas that are asked for at once; records with more of them wait for their turn.
const AT_ONCE: usize = 16;
/// How long it is not asked again for what there is not: so often a topic full of wrong ids asks for each.
const REFUSED: Duration = Duration::from_secs(60);
/// Nobody has asked for that long: nobody wants it any more. Lanes ask again each second.
const FORGOTTEN: Duration = Duration::from_secs(30);
/// How often an outage is told.
const TELL: Duration = Duration::from_secs(10);

/// Called when there may be an answer.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The registry, as all lanes share it.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    client: Client,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: HashMap<SchemaId, Known>,
    asked: HashMap<SchemaId, Asked>,
    /// Counts what is looked at, to tell what was not for the longest time.
    clock: u64,
    told: Option<Instant>,
}

struct Known {
    answer: Answer,
    used: u64,
}

struct Asked {
    last: Instant,
    wakes: Vec<Wake>,
}

impl Registry {
    /// Connects to a registry that answers.
    pub async fn connect(options: &Options, runtime: &Handle) -> Result<Self, RegistryError> {
        let client = Client::new(options)?;
        client.greet().await.map_err(|failure| RegistryError::Unreachable(failure.to_string()))?;
        Ok(Self(Arc::new(Inner { client, runtime: runtime.clone(), state: Mutex::default() })))
    }

    /// The latest schema of a subject, asked for once; none where there is no such subject.
    pub async fn latest(&self, subject: &str) -> Result<Option<Schema>, RegistryError> {
        let client = &self.0.client;
        let found = match client.latest(subject).await {
            Ok(registered) => resolve::whole(client, registered).await.map(Some),
            Err(failure) => Err(failure),
        };
        match found {
            Ok(schema) => Ok(schema),
            Err(Failure::Unknown) => Ok(None),
            Err(failure) => Err(RegistryError::Unreachable(failure.to_string())),
        }
    }

    /// What is known of a schema. Where nothing is, it is asked for, and `wake` is called when it may be known.
    pub fn get(&self, id: SchemaId, wake: &Wake) -> Option<Answer> {
        let now = Instant::now();
        let mut state = self.0.state();
        state.clock += 1;
        let clock = state.clock;
        if let Some(known) = state.known.get_mut(&id).filter(|known| known.answer.is_current(now)) {
            known.used = clock;
            return Some(known.answer.clone());
        }
        let is_full = state.asked.len() >= AT_ONCE;
        if let Some(asked) = state.asked.get_mut(&id) {
            asked.last = now;
            if !asked.wakes.iter().any(|known| Arc::ptr_eq(known, wake)) {
                asked.wakes.push(Arc::clone(wake));
            }
        } else if !is_full {
            state.asked.insert(id, Asked { last: now, wakes: vec![Arc::clone(wake)] });
            self.0.runtime.spawn(look_up(Arc::downgrade(&self.0), id));
        }
        None
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registry").field(&self.0.client).finish()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, id: SchemaId, answer: Answer) {
        let mut state = self.state();
        while state.known.len() >= KEPT {
            let Some(oldest) = state.known.iter().min_by_key(|(_, known)| known.used).map(|(id, _)| *id) else { break };
            state.known.remove(&oldest);
        }
        let used = state.clock;
        state.known.insert(id, Known { answer, used });
        let asked = state.asked.remove(&id);
        drop(state);
        asked.into_iter().flat_map(|asked| asked.wakes).for_each(|wake| wake());
    }

    /// True where it is still wanted.
    fn failed(&self, id: SchemaId, why: &str) -> bool {
        let mut state = self.state();
        if state.told.is_none_or(|told| told.elapsed() >= TELL) {
            state.told = Some(Instant::now());
            tracing::warn!(schema = %id, why, "the schema registry does not answer; what needs it waits");
        }
        let wanted = state.asked.get(&id).is_some_and(|asked| asked.last.elapsed() < FORGOTTEN);
        if !wanted {
            state.asked.remove(&id);
        }
        wanted
    }
}

/// Asks for a schema until there is an answer, or nobody wants it any more.
async fn look_up(inner: Weak<Inner>, id: SchemaId) {
    let mut pauses = Pauses::default();
    let mut failures = 0u32;
    while let Some(inner) = inner.upgrade() {
        let found = resolve::schema(&inner.client, id).await;
        let refused = |why: String| Answer::Refused { why: why.into(), until: Instant::now() + REFUSED };
        let answer = match found {
            Ok(schema) => found_schema(id, schema),
            Err(Failure::Unknown) => refused("is not known to the registry".to_owned()),
            Err(Failure::Unusable(why)) => refused(why),
            Err(Failure::Passing(why)) => {
                failures += 1;
                if !inner.failed(id, &why) {
                    return;
                }
                drop(inner);
                tokio::time::sleep(pauses.next()).await;
                continue;
            }
        };
        if failures > 0 {
            tracing::info!(schema = %id, failures, "the schema registry answers again");
        }
        return inner.settle(id, answer);
    }
}

fn found_schema(id: SchemaId, schema: Schema) -> Answer {
    tracing::info!(schema = %id, kind = schema.kind.name(), references = schema.references.len(), "a schema was read");
    Answer::Schema(Arc::new(schema))
}
