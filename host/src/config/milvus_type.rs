//! Types of Milvus as a pipeline file writes them: `"VarChar(256)"`, `"FloatVector(768)"`.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::target::{FieldType, NotAType};

/// The type of a field of Milvus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilvusType(FieldType);

impl MilvusType {
    /// The `format` of types in the JSON Schema.
    pub(crate) const FORMAT: &str = "milvus-type";

    /// The type.
    pub fn get(&self) -> &FieldType {
        &self.0
    }
}

impl FromStr for MilvusType {
    type Err = NotAType;

    fn from_str(text: &str) -> Result<Self, NotAType> {
        text.parse().map(Self)
    }
}

impl Serialize for MilvusType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MilvusType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for MilvusType {
    fn schema_name() -> Cow<'static, str> {
        "MilvusType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": Self::FORMAT })
    }
}
