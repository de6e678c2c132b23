//! The target: the live Milvus schema, in words of our own. The sink fills it, the decoder takes types from it,
//! plugins ask it, validation holds rows against it.

mod notation;

pub use notation::{CAPACITY_MAX, DIM_MAX, LENGTH_MAX, NotAType};

use std::sync::Arc;

use crate::batch::{Element, Type, VectorType};

/// The collections that a pipeline may write to.
#[derive(Debug, Clone, Default)]
pub struct Target {
    collections: Vec<Arc<Collection>>,
}

/// One collection's schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its name.
    pub name: Arc<str>,
    /// Its fields, in the schema's order, without the dynamic one.
    pub fields: Vec<Field>,
    /// True where fields that the schema does not have are kept in the dynamic field.
    pub dynamic: bool,
    /// True where it is loaded, so that what is written can be searched.
    pub loaded: bool,
}

/// One field of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Its type and what belongs to it.
    pub ty: FieldType,
    /// True for the primary key.
    pub primary: bool,
    /// True where Milvus makes the values.
    pub auto_id: bool,
    /// True for the partition key.
    pub partition_key: bool,
    /// True where it may be null.
    pub nullable: bool,
    /// True where it has a default value, so that a row may go without.
    pub has_default: bool,
    /// True where a function of the collection makes the values.
    pub function_output: bool,
}

/// The type of a collection's field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// True or false.
    Bool,
    /// 8-bit integer.
    Int8,
    /// 16-bit integer.
    Int16,
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// 32-bit float.
    Float,
    /// 64-bit float.
    Double,
    /// Text of at most so many bytes.
    VarChar {
        /// Greatest length in bytes.
        max_length: u32,
    },
    /// Text without a limit of its own.
    Text,
    /// A moment, which Milvus takes as text with the offset from UTC.
    Timestamptz,
    /// A shape, which Milvus takes as well-known text.
    Geometry,
    /// JSON.
    Json,
    /// Array of scalars, or of structs.
    Array {
        /// Type of the elements.
        element: Box<FieldType>,
        /// Greatest number of elements.
        max_capacity: u32,
    },
    /// Vector.
    Vector {
        /// How its numbers are kept.
        ty: VectorType,
        /// Its dimension; 0 for a sparse one.
        dim: u32,
    },
    /// What the elements of an Array of Struct have: scalars and vectors.
    Struct(Vec<Field>),
    /// A type that Kiteline does not write yet, by Milvus' name.
    Other(String),
}

impl Target {
    /// A target of these collections; the first one is the default.
    pub fn new(collections: Vec<Arc<Collection>>) -> Self {
        Self { collections }
    }

    /// All collections.
    pub fn collections(&self) -> &[Arc<Collection>] {
        &self.collections
    }

    /// The collection of that name.
    pub fn collection(&self, name: &str) -> Option<&Arc<Collection>> {
        self.collections.iter().find(|collection| &*collection.name == name)
    }
}

impl Collection {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }

    /// The fields that rows bring: not those that Milvus or a function makes.
    pub fn writable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.auto_id && !field.function_output)
    }

    /// The primary key's field.
    pub fn primary_key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.primary)
    }

    /// The partition key's field.
    pub fn partition_key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.partition_key)
    }
}

impl Field {
    /// A field that every row must bring, and that has no other mark.
    pub fn new(name: impl Into<Arc<str>>, ty: FieldType) -> Self {
        Self {
            name: name.into(),
            ty,
            primary: false,
            auto_id: false,
            partition_key: false,
            nullable: false,
            has_default: false,
            function_output: false,
        }
    }
}

impl FieldType {
    /// Milvus' name of the type.
    pub fn name(&self) -> &str {
        match self {
            Self::Bool => "Bool",
            Self::Int8 => "Int8",
            Self::Int16 => "Int16",
            Self::Int32 => "Int32",
            Self::Int64 => "Int64",
            Self::Float => "Float",
            Self::Double => "Double",
            Self::VarChar { .. } => "VarChar",
            Self::Text => "Text",
            Self::Timestamptz => "Timestamptz",
            Self::Geometry => "Geometry",
            Self::Json => "JSON",
            Self::Array { .. } => "Array",
            Self::Vector { ty, .. } => match ty {
                VectorType::Float => "FloatVector",
                VectorType::Float16 => "Float16Vector",
                VectorType::BFloat16 => "BFloat16Vector",
                VectorType::Int8 => "Int8Vector",
                VectorType::Binary => "BinaryVector",
                VectorType::SparseFloat => "SparseFloatVector",
            },
            Self::Struct(_) => "Struct",
            Self::Other(name) => name,
        }
    }

    /// What the elements of an Array of Struct have; none of another type.
    pub fn members(&self) -> Option<&[Field]> {
        match self {
            Self::Array { element, .. } => match &**element {
                Self::Struct(members) => Some(members),
                _ => None,
            },
            _ => None,
        }
    }

    /// The column type that holds such values without a conversion; none where the type is not known.
    pub fn column_type(&self) -> Option<Type> {
        Some(match self {
            Self::Bool => Type::Bool,
            Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 => Type::Int,
            Self::Float => Type::Float32,
            Self::Double => Type::Float64,
            Self::VarChar { .. } | Self::Text | Self::Timestamptz | Self::Geometry => Type::Text,
            Self::Json => Type::Json,
            Self::Array { .. } if self.members().is_some() => Type::Json,
            Self::Array { element, .. } => Type::Array(match element.column_type()? {
                Type::Bool => Element::Bool,
                Type::Int => Element::Int,
                Type::Float32 => Element::Float32,
                Type::Float64 => Element::Float64,
                Type::Text => Element::Text,
                _ => return None,
            }),
            Self::Vector { ty, .. } => Type::Vector(*ty),
            Self::Struct(_) | Self::Other(_) => return None,
        })
    }
}
