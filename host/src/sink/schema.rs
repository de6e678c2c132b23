//! The live schema of a collection.

use std::sync::Arc;

use milvus::proto::common::LoadState;
use milvus::proto::milvus as proto;

use super::connect::Client;
use super::error::SinkError;
use super::fault::{Code, Fault};
use super::server::JsonValues;
use super::types::{DefaultValue, field_of, structs_of};
use crate::batch::{Operation, VectorType};
use crate::target::{Collection, Field, FieldType};

/// Milvus' code for a collection that does not exist, and the one of servers before 2.3.
pub(super) const COLLECTION_MISSING: [Code; 2] = [Code::Milvus(100), Code::Legacy(4)];
/// The field in which a collection keeps the fields that its schema does not have.
pub(super) const DYNAMIC_FIELD: &str = "$meta";

/// A collection as it is in Milvus now.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its schema.
    pub schema: Arc<Schema>,
    /// The names of its partitions; none where Milvus does not let us see them.
    pub partitions: Vec<String>,
}

/// A collection's schema with what only the sink needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The part that everyone sees.
    pub collection: Arc<Collection>,
    /// The default value of each field.
    pub(super) defaults: Vec<Option<DefaultValue>>,
    /// When it was last changed, as Milvus counts it, so that Milvus sees rows of an older schema; 0 where it doesn't.
    pub(super) version: u64,
    /// The JSON values that this server takes.
    pub(super) json_values: JsonValues,
}

/// A field that rows bring, and the value of a row that goes without.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writable<'a> {
    pub(super) field: &'a Field,
    pub(super) default: Option<&'a DefaultValue>,
}

impl Schema {
    /// A schema without default values.
    pub fn new(collection: Collection) -> Self {
        let defaults = vec![None; collection.fields.len()];
        Self { collection: Arc::new(collection), defaults, version: 0, json_values: JsonValues::Any }
    }

    /// The same with a default value for a field, which must be of the field's type.
    #[must_use]
    pub fn with_default(mut self, field: &str, default: DefaultValue) -> Self {
        let collection = Arc::make_mut(&mut self.collection);
        for (field, old) in collection.fields.iter_mut().zip(&mut self.defaults).filter(|(f, _)| &*f.name == field) {
            field.has_default = true;
            *old = Some(default.clone());
        }
        self
    }

    /// True where rows are held against the other as against this one.
    pub fn is_same(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.collection, &other.collection);
        ours.fields == theirs.fields
            && ours.dynamic == theirs.dynamic
            && self.defaults == other.defaults
            && self.version == other.version
    }

    /// The fields that rows bring, in the schema's order.
    pub(super) fn writable(&self) -> impl Iterator<Item = Writable<'_>> {
        let fields = self.collection.fields.iter().zip(&self.defaults);
        fields
            .filter(|(field, _)| !field.auto_id && !field.function_output)
            .map(|(field, default)| Writable { field, default: default.as_ref() })
    }
}

impl Client {
    /// The schema and partitions of a collection.
    pub async fn describe(&self, collection: &str) -> Result<Described, SinkError> {
        let request = proto::DescribeCollectionRequest {
            collection_name: collection.into(),
            ..proto::DescribeCollectionRequest::default()
        };
        let answer = self.call(request, async |mut service, request| service.describe_collection(request).await).await;
        let answer = answer.map_err(|fault| {
            if COLLECTION_MISSING.contains(&fault.code()) {
                return SinkError::NoCollection { address: self.address().into(), collection: collection.into() };
            }
            self.error(&fault, &format!("describe the collection `{collection}`"))
        })?;
        let version = answer.update_timestamp;
        let schema = answer.schema.unwrap_or_default();
        let fields = schema.fields.iter().filter(|field| !field.is_dynamic && field.name != DYNAMIC_FIELD);
        #[expect(deprecated, reason = "Milvus Lite and servers before 2.3 say it here and not at the field")]
        let (mut fields, defaults): (Vec<_>, Vec<_>) = fields.map(|field| field_of(field, schema.auto_id)).unzip();
        // Older servers don't mark the fields that functions make.
        for name in schema.functions.iter().flat_map(|function| &function.output_field_names) {
            for field in fields.iter_mut().filter(|field| *field.name == **name) {
                field.function_output = true;
            }
        }
        // Arrays of structs stand beside the fields.
        let structs: Vec<Field> = schema.struct_array_fields.iter().map(structs_of).collect();
        let defaults = defaults.into_iter().chain(structs.iter().map(|_| None)).collect();
        fields.extend(structs);
        let collection = Collection {
            name: collection.into(),
            fields,
            dynamic: schema.enable_dynamic_field,
            loaded: self.is_loaded(collection).await?,
        };
        // Who only writes to the default partition needs no right to see the others.
        let partitions = match self.partition_names(&collection.name).await {
            Err(fault) if fault.is_connection() => {
                return Err(self.error(&fault, &format!("list the partitions of `{}`", collection.name)));
            }
            names => names.unwrap_or_default(),
        };
        let json_values = self.server.json_values();
        let schema = Schema { collection: Arc::new(collection), defaults, version, json_values };
        Ok(Described { schema: Arc::new(schema), partitions })
    }

    /// What a user should know before rows are written to this server in that way; nothing of it keeps them from being
    /// written.
    pub fn warnings(&self, schema: &Schema, operation: Operation) -> Vec<String> {
        let collection = &schema.collection;
        let mut warnings = Vec::new();
        if !collection.loaded {
            warnings.push(format!(
                "the collection `{}` is not loaded: rows are written, and can't be searched yet",
                collection.name
            ));
        }
        if let Some(key) = collection.partition_key()
            && operation == Operation::Upsert
            && self.server.misplaces_upserts()
        {
            warnings.push(format!(
                "Milvus {} puts upserted rows of `{}` where a filter on the partition key `{}` does not find them \
                 (fixed in 2.3.10); take a newer Milvus, or set `mode = \"insert\"`",
                self.server(),
                collection.name,
                key.name
            ));
        }
        warnings
    }

    /// The names of a collection's partitions.
    pub(super) async fn partition_names(&self, collection: &str) -> Result<Vec<String>, Fault> {
        let request = proto::ShowPartitionsRequest {
            collection_name: collection.into(),
            ..proto::ShowPartitionsRequest::default()
        };
        let answer = self.call(request, async |mut service, request| service.show_partitions(request).await).await?;
        Ok(answer.partition_names)
    }

    /// True where what is written can be searched. A server that does not tell is taken at its best: nothing but a
    /// remark of `check` depends on it.
    pub(super) async fn is_loaded(&self, collection: &str) -> Result<bool, SinkError> {
        let request =
            proto::GetLoadStateRequest { collection_name: collection.into(), ..proto::GetLoadStateRequest::default() };
        match self.call(request, async |mut service, request| service.get_load_state(request).await).await {
            Ok(answer) => Ok(answer.state() == LoadState::Loaded),
            Err(fault) if fault.is_connection() => Err(self.error(&fault, "say whether the collection is loaded")),
            Err(_) => Ok(true),
        }
    }
}

/// The fields that rows bring and whose type Kiteline does not write yet, each with its type, for a message.
pub fn check_supported(collection: &Collection) -> Result<(), Vec<String>> {
    let faults: Vec<String> = collection
        .writable()
        .filter(|field| !is_supported(&field.ty))
        .map(|field| {
            let ty = match &field.ty {
                FieldType::Array { element, .. } => format!("Array of {}", element.name()),
                ty => ty.name().to_owned(),
            };
            format!("field `{}` of the collection `{}`: {ty} is not written yet", field.name, collection.name)
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// True where Kiteline writes fields of that type.
pub(super) fn is_supported(ty: &FieldType) -> bool {
    match ty {
        FieldType::Other(_) | FieldType::Struct(_) => false,
        FieldType::Array { element, .. } => match &**element {
            FieldType::Array { .. }
            | FieldType::Vector { .. }
            | FieldType::Json
            | FieldType::Text
            | FieldType::Timestamptz
            | FieldType::Geometry
            | FieldType::Other(_) => false,
            FieldType::Struct(members) => members.iter().all(|member| is_member(&member.ty)),
            _ => true,
        },
        _ => true,
    }
}

/// True where the elements of an Array of Struct may have a member of that type: one that an Array has, or a dense
/// vector.
fn is_member(ty: &FieldType) -> bool {
    match ty {
        FieldType::Vector { ty, .. } => *ty != VectorType::SparseFloat,
        FieldType::Array { .. } => false,
        ty => is_supported(&FieldType::Array { element: Box::new(ty.clone()), max_capacity: 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::testing::{array, collection, field, float_vector, key, varchar, vector};

    #[test]
    fn a_type_that_is_not_written_yet_is_refused_by_its_name() {
        let unknown = FieldType::Other("Decimal".into());
        let fields = [
            key("id"),
            field("v", float_vector(4)),
            field("price", unknown.clone()),
            field("prices", array(unknown, 3)),
        ];
        assert_eq!(
            check_supported(&collection("books", fields)),
            Err(vec![
                "field `price` of the collection `books`: Decimal is not written yet".into(),
                "field `prices` of the collection `books`: Array of Decimal is not written yet".into(),
            ])
        );
    }

    #[test]
    fn a_field_that_a_function_makes_may_be_of_any_type() {
        let sparse = Field { function_output: true, ..field("words", vector(VectorType::SparseFloat, 0)) };
        let fields = [key("id"), field("text", varchar(9)), field("v", float_vector(4)), sparse];
        assert_eq!(check_supported(&collection("books", fields)), Ok(()));
    }
}
