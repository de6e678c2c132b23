//! What a plugin made of rows.

use serde_json::{Map, Value};

use crate::Operation;
use crate::memory::Memory;

/// What a plugin made of rows: those that go on, and the records that were rejected.
#[derive(Debug, Clone)]
pub struct Outcome {
    memory: Memory,
    messages: Vec<String>,
}

impl Outcome {
    pub(super) fn new(memory: Memory, messages: Vec<String>) -> Self {
        Self { memory, messages }
    }

    /// The rows that go on, each as a JSON object of the fields that it has; bytes are base64, vectors arrays.
    pub fn json(&self) -> Vec<Value> {
        let object = |row| {
            let fields = self.memory.fields.iter();
            let values = fields.filter_map(|(name, column)| Some((name.clone(), column.json_text(row)?)));
            let values = values.map(|(name, text)| (name, serde_json::from_str(&text).expect("JSON")));
            Value::Object(values.collect::<Map<_, _>>())
        };
        (0..self.memory.rows.len()).map(object).collect()
    }

    /// A field of the rows that go on as JSON texts.
    pub fn json_texts(&self, field: &str) -> Vec<Option<String>> {
        let column = self.memory.fields.iter().find(|(name, _)| name == field).map(|(_, column)| column);
        (0..self.memory.rows.len()).map(|row| column.and_then(|column| column.json_text(row))).collect()
    }

    /// The type of a field.
    pub fn field_type(&self, field: &str) -> Option<&'static str> {
        self.memory.fields.iter().find(|(name, _)| name == field).map(|(_, column)| column.ty)
    }

    /// The names of the fields, in their order.
    pub fn fields(&self) -> Vec<&str> {
        self.memory.fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Which record each row that goes on is of.
    pub fn records(&self) -> Vec<usize> {
        self.memory.rows.iter().map(|row| row.record).collect()
    }

    /// The records that were rejected, and why.
    pub fn rejected(&self) -> Vec<(usize, String)> {
        self.memory.rejected.clone()
    }

    /// The operations of the rows that go on.
    pub fn operations(&self) -> Vec<Operation> {
        self.memory.rows.iter().map(|row| row.operation).collect()
    }

    /// The partitions of the rows that go on.
    pub fn partitions(&self) -> Vec<Option<&str>> {
        self.memory.rows.iter().map(|row| row.partition.as_deref()).collect()
    }

    /// The collections of the rows that go on.
    pub fn collections(&self) -> Vec<&str> {
        self.memory.rows.iter().map(|row| row.collection.as_str()).collect()
    }

    /// What the plugin logged, the level in front.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }
}
