//! A schema for tests.

/// A Milvus collection.
#[derive(Debug, Clone, Default)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The field that is its primary key.
    pub primary_key: Option<String>,
    /// The field that is its partition key.
    pub partition_key: Option<String>,
    /// True where Milvus makes the primary keys.
    pub auto_id: bool,
    /// True where it takes fields that it does not know.
    pub dynamic: bool,
}

/// A field of a collection.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type by Milvus' name, such as `VarChar` or `FloatVector`.
    pub ty: String,
    /// The type of an array's elements.
    pub element_type: Option<String>,
    /// Dimensions of a vector.
    pub dim: Option<u32>,
    /// Bytes of a text.
    pub max_length: Option<u32>,
    /// Elements of an array.
    pub max_capacity: Option<u32>,
    /// True where it may be null.
    pub nullable: bool,
    /// True where Milvus has a default for it.
    pub has_default: bool,
}
