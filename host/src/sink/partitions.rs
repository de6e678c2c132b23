//! The partitions of a collection that rows are routed to.

use std::collections::HashSet;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use milvus::proto::milvus::CreatePartitionRequest;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::class::Class;
use super::connect::Client;
use super::fault::Fault;
use super::write::WriteError;

/// A partition that is not known is asked for no more often than this, however many rows name it.
const LIST_AGAIN: Duration = Duration::from_secs(1);
/// Milvus' limit.
const NAME_MAX: usize = 255;

/// What is known of a collection's partitions, shared by all lanes.
#[derive(Debug)]
pub struct Partitions {
    client: Client,
    collection: Arc<str>,
    /// A partition is created where the collection has fewer than so many; none where none may be created.
    create_below: Option<usize>,
    known: RwLock<HashSet<Box<str>>>,
    /// When they were last listed. Held while one is looked for, so that it is created once.
    listed: Mutex<Instant>,
}

/// Why there is no such partition.
#[derive(Debug, Clone)]
pub enum PartitionError {
    /// The row that names it is to be rejected, for this reason. It does not hold the name.
    Rejected(String),
    /// It could not be found out.
    Failed(WriteError),
}

impl Partitions {
    /// The partitions of a collection, as it was described.
    pub fn new(
        client: Client,
        collection: &Arc<str>,
        partitions: impl IntoIterator<Item = String>,
        create_below: Option<usize>,
    ) -> Self {
        Self {
            client,
            collection: Arc::clone(collection),
            create_below,
            known: RwLock::new(partitions.into_iter().map(Into::into).collect()),
            listed: Mutex::new(Instant::now()),
        }
    }

    /// True where the partition is known to be there. Costs no call.
    pub fn knows(&self, name: &str) -> bool {
        self.known.read().expect("no holder panics").contains(name)
    }

    /// Makes sure that a partition is there, and creates it where that is allowed.
    pub async fn ensure(&self, name: &str) -> Result<(), PartitionError> {
        if self.knows(name) {
            return Ok(());
        }
        let mut listed = self.listed.lock().await;
        // Another lane may have created it since.
        if self.knows(name) {
            return Ok(());
        }
        if listed.elapsed() >= LIST_AGAIN {
            self.list().await?;
            *listed = Instant::now();
            if self.knows(name) {
                return Ok(());
            }
        }
        self.check_new(name).map_err(PartitionError::Rejected)?;
        if let Err(fault) = self.create(name).await {
            // Another process may have created it; some servers call that a failure.
            self.list().await?;
            if !self.knows(name) {
                let error = WriteError::from(fault);
                return Err(match error.class {
                    Class::Refused => PartitionError::Rejected(format!("its partition could not be created: {error}")),
                    _ => PartitionError::Failed(error),
                });
            }
        }
        self.known.write().expect("no holder panics").insert(name.into());
        Ok(())
    }

    /// Milvus says that it is gone.
    pub fn forget(&self, name: &str) {
        self.known.write().expect("no holder panics").remove(name);
    }

    /// Holds a name that no partition has against what may be created.
    fn check_new(&self, name: &str) -> Result<(), String> {
        let Some(most) = self.create_below else {
            return Err("the collection has no partition of the name that the row gives, and `create_partitions` is \
                        off"
            .into());
        };
        check_name(name)?;
        let count = self.known.read().expect("no holder panics").len();
        if count >= most {
            return Err(format!(
                "the collection has {count} partitions and none of the name that the row gives; `max_partitions` \
                 allows no more"
            ));
        }
        Ok(())
    }

    async fn list(&self) -> Result<(), PartitionError> {
        let names = self.client.partition_names(&self.collection).await;
        let names = names.map_err(|fault| PartitionError::Failed(fault.into()))?;
        *self.known.write().expect("no holder panics") = names.into_iter().map(Into::into).collect();
        Ok(())
    }

    async fn create(&self, name: &str) -> Result<(), Fault> {
        let request = CreatePartitionRequest {
            collection_name: self.collection.to_string(),
            partition_name: name.into(),
            ..CreatePartitionRequest::default()
        };
        self.client.call(request, async |mut service, request| service.create_partition(request).await).await?;
        tracing::info!(collection = %self.collection, "created a partition");
        Ok(())
    }
}

/// Milvus' rule. Milvus Lite takes any name and makes a folder of it, so the rule is kept here for both.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > NAME_MAX {
        return Err(format!("a partition's name has 1 to {NAME_MAX} bytes, the row's has {}", name.len()));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("a partition's name has only ASCII letters, digits and underscores".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_letters_digits_and_underscores() {
        for name in ["a", "_default", "9", "A_b_1", &"x".repeat(255)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["a-b", "a b", "ü", "a.b", "../x", "a$"] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(check_name(name).expect_err(name), @"a partition's name has only ASCII letters, digits and underscores");
            }
        }
        insta::assert_snapshot!(check_name("").expect_err("empty"), @"a partition's name has 1 to 255 bytes, the row's has 0");
        insta::assert_snapshot!(check_name(&"x".repeat(256)).expect_err("long"), @"a partition's name has 1 to 255 bytes, the row's has 256");
    }
}
