//! Trying a plugin with `cargo test`, on a batch in memory that behaves as the host's does.
//!
//! ```
//! use kiteline_guest::testing::{Rows, Tester};
//! # use kiteline_guest::{Batch, Plugin};
//! # struct Trim;
//! # impl Plugin for Trim {
//! #     type Config = std::collections::BTreeMap<String, String>;
//! #     const NAME: &'static str = "trim";
//! #     const VERSION: &'static str = "0.1.0";
//! #     fn new(_: Self::Config) -> Result<Self, String> { Ok(Self) }
//! #     fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
//! #         for mut row in batch.rows() {
//! #             match row.text("name").map(|name| name.trim().to_owned()) {
//! #                 Some(name) => row.set_text("name", name),
//! #                 None => row.reject("name is no text"),
//! #             }
//! #         }
//! #         Ok(())
//! #     }
//! # }
//! let mut plugin = Tester::<Trim>::new("{}").unwrap();
//! let after = plugin.process(Rows::json(&[r#"{"name": " ab "}"#, r#"{"name": 5}"#])).unwrap();
//! assert_eq!(after.json(), [serde_json::json!({"name": "ab"})]);
//! assert_eq!(after.rejected(), [(1, "name is no text".to_owned())]);
//! ```

mod outcome;
mod schema;
mod target;

use std::marker::PhantomData;
use std::rc::Rc;

pub use outcome::Outcome;
pub use schema::check_schema;
pub use target::{Collection, Field};

use crate::export::Slot;
use crate::memory::{self, Memory, RowOf, Verdict};
use crate::{Operation, Plugin};

/// A record as it came from Kafka.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Its value; none for a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Its topic.
    pub topic: String,
    /// Its Kafka partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its timestamp in milliseconds since 1970.
    pub timestamp: Option<i64>,
}

/// Rows for a plugin to work on.
#[derive(Debug, Clone, Default)]
pub struct Rows(Memory);

impl Rows {
    /// Rows from JSON objects. A field has the type of its first value, as Kiteline's decoder gives it.
    pub fn json(rows: &[&str]) -> Self {
        Self::typed(rows, &[])
    }

    /// Rows from JSON objects, where some fields have these types: `text`, `int[]`, `float-vector` and the like.
    pub fn typed(rows: &[&str], types: &[(&str, &str)]) -> Self {
        let records = rows.iter().map(|row| Record { payload: Some(row.as_bytes().to_vec()), ..Record::default() });
        let mut of = Self::records(records.collect());
        let members: Vec<_> = rows.iter().map(|row| memory::members(row)).collect();
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in members.iter().flatten() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
            .extend(types.iter().map(|(name, _)| name).filter(|name| !members.iter().flatten().any(|m| m.0 == **name)));
        for name in names {
            let values: Vec<Option<&str>> =
                members.iter().map(|row| row.iter().find(|(own, _)| own == name).map(|(_, raw)| *raw)).collect();
            let ty = types.iter().find(|(own, _)| *own == name).map(|(_, ty)| *ty);
            of.0.fields.push((name.to_owned(), memory::column_of_json(&values, ty)));
        }
        of
    }

    /// Rows without fields, of records with these payloads: what a plugin that decodes gets.
    pub fn payloads(payloads: &[&[u8]]) -> Self {
        let records = payloads.iter().map(|bytes| Record { payload: Some(bytes.to_vec()), ..Record::default() });
        Self::records(records.collect())
    }

    /// Rows without fields, of these records. A topic that is empty becomes `topic`, and a record without an offset
    /// of its own has its place.
    pub fn records(mut records: Vec<Record>) -> Self {
        let in_order = records.iter().all(|record| record.offset == 0);
        for (place, record) in records.iter_mut().enumerate() {
            if record.topic.is_empty() {
                record.topic = "topic".into();
            }
            if in_order {
                record.offset = i64::try_from(place).expect("a test has few");
            }
        }
        let row = |record| RowOf {
            record,
            operation: Operation::Upsert,
            collection: "collection".into(),
            partition: None,
            verdict: Verdict::Keep,
        };
        let rows = (0..records.len()).map(row).collect();
        Self(Memory { records: Rc::new(records), rows, ..Memory::default() })
    }

    /// With other records beneath the rows, one for each.
    #[must_use]
    pub fn of(mut self, records: Vec<Record>) -> Self {
        assert_eq!(records.len(), self.0.rows.len(), "there is a record for each row");
        self.0.records = Self::records(records).0.records;
        self
    }

    /// With these operations.
    #[must_use]
    pub fn operations(mut self, operations: &[Operation]) -> Self {
        assert_eq!(operations.len(), self.0.rows.len(), "there is an operation for each row");
        self.0.rows.iter_mut().zip(operations).for_each(|(row, operation)| row.operation = *operation);
        self
    }
}

/// A plugin with its configuration.
#[derive(Debug)]
pub struct Tester<P> {
    slot: Slot<P>,
    plugin: PhantomData<P>,
}

impl<P: Plugin> Tester<P> {
    /// Configures the plugin with a JSON text, as the host does. There are no collections.
    pub fn new(config: &str) -> Result<Self, String> {
        Self::with_target(config, Vec::new())
    }

    /// Configures the plugin where there are these collections. They are the target of this thread from now on.
    pub fn with_target(config: &str, collections: Vec<Collection>) -> Result<Self, String> {
        memory::target::set(collections);
        let slot = Slot::new();
        slot.configure(config)?;
        Ok(Self { slot, plugin: PhantomData })
    }

    /// Has the plugin work on rows. What would be a trap in the host is a panic here.
    pub fn process(&mut self, rows: Rows) -> Result<Outcome, String> {
        memory::log::take();
        memory::begin(rows.0);
        let result = self.slot.process();
        let memory = memory::end().expect("it was begun above");
        result.map(|()| Outcome::new(memory.finish(), memory::log::take()))
    }
}
