//! What `[milvus.create]` says, held against what a collection of Milvus can be.

use std::collections::HashSet;

use serde_json::Value;

use crate::batch::VectorType;
use crate::config::{Consistency, Create, CreateField};
use crate::sink::schema::{DYNAMIC_FIELD, Schema};
use crate::sink::server::JsonValues;
use crate::sink::types::DefaultValue;
use crate::target::{Collection, Field, FieldType};

/// Milvus' limits.
const FIELDS_MAX: usize = 64;
const NAME_MAX: usize = 255;
/// The kind of index by which Milvus chooses.
pub(super) const AUTOINDEX: &str = "AUTOINDEX";

/// A collection as it is to be, without its name.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub(super) fields: Vec<WantedField>,
    pub(super) dynamic: bool,
    pub(super) shards: u32,
    /// Names beside the default one.
    pub(super) partitions: Vec<String>,
    pub(super) partition_count: Option<u32>,
    pub(super) consistency: Consistency,
    pub(super) load: bool,
    pub(super) replicas: u32,
}

/// A field with all that belongs to it.
#[derive(Debug, Clone)]
pub(super) struct WantedField {
    pub(super) field: Field,
    pub(super) default: Option<DefaultValue>,
    pub(super) clustering_key: bool,
    /// The analyzer's parameters as JSON.
    pub(super) analyzer: Option<String>,
    /// The field of whose words Milvus makes this one.
    pub(super) bm25_of: Option<String>,
    pub(super) index: Option<WantedIndex>,
}

/// An index of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedIndex {
    pub(super) kind: String,
    /// None for a field that is no vector.
    pub(super) metric: Option<String>,
    /// Its parameters as JSON; none where there are none.
    pub(super) params: Option<String>,
}

impl Wanted {
    /// What the table says, or everything that is wrong in it.
    pub fn of(create: &Create) -> Result<Self, Vec<String>> {
        let mut mistakes = Mistakes::default();
        let fields: Vec<WantedField> = create.fields.iter().map(|field| field_of(field, &mut mistakes)).collect();
        check_whole(create, &fields, &mut mistakes);
        if !mistakes.0.is_empty() {
            return Err(mistakes.0);
        }
        Ok(Self {
            fields,
            dynamic: create.dynamic_field,
            shards: create.shards,
            partitions: create.partitions.clone(),
            partition_count: create.partition_count,
            consistency: create.consistency,
            load: create.load,
            replicas: create.replicas,
        })
    }

    /// The collection as if it had been created.
    pub(super) fn schema(&self, name: &str, json_values: JsonValues) -> Schema {
        let fields = self.fields.iter().map(|wanted| wanted.field.clone()).collect();
        let collection = Collection { name: name.into(), fields, dynamic: self.dynamic, loaded: self.load };
        let defaults = self.fields.iter().map(|wanted| wanted.default.clone()).collect();
        Schema { collection: collection.into(), defaults, version: 0, json_values }
    }
}

#[derive(Default)]
struct Mistakes(Vec<String>);

impl Mistakes {
    fn add(&mut self, text: String) {
        self.0.push(format!("[milvus.create]: {text}"));
    }

    fn field(&mut self, field: &CreateField, text: &str) {
        self.add(format!("field `{}` {text}", field.name));
    }
}

fn field_of(given: &CreateField, mistakes: &mut Mistakes) -> WantedField {
    let ty = given.ty.get().clone();
    let mut wrong = |text: &str| mistakes.field(given, text);
    let is_name = given.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && given.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && given.name.len() <= NAME_MAX;
    if !is_name {
        wrong("has no name that Milvus takes; write letters of ASCII, digits and _, no digit first, at most 255");
    } else if given.name == DYNAMIC_FIELD {
        wrong("has the name of the dynamic field; set `dynamic_field = true` for that one");
    }
    let is_key_type = matches!(ty, FieldType::Int64 | FieldType::VarChar { .. });
    if given.primary_key && !is_key_type {
        wrong(&format!("is {ty}, and a primary key is an Int64 or a VarChar"));
    }
    if given.partition_key && !is_key_type {
        wrong(&format!("is {ty}, and a partition key is an Int64 or a VarChar"));
    }
    if given.partition_key && given.primary_key {
        wrong("is both primary key and partition key; a partition key is another field");
    }
    if given.auto_id && !given.primary_key {
        wrong("has `auto_id`, which only the primary key can have");
    }
    if given.nullable && given.primary_key {
        wrong("is the primary key and nullable; a row must have its key");
    }
    let is_vector = matches!(ty, FieldType::Vector { .. });
    if given.analyzer.is_some() && !matches!(ty, FieldType::VarChar { .. }) {
        wrong(&format!("is {ty}, and only a VarChar has an `analyzer`"));
    }
    let is_sparse = matches!(ty, FieldType::Vector { ty: VectorType::SparseFloat, .. });
    if given.bm25_of.is_some() && !is_sparse {
        wrong(&format!("is {ty}, and only a SparseFloatVector is made of words (`bm25_of`)"));
    }
    let index = index_of(given, is_vector, &ty, &mut wrong);
    let default = given.default.as_ref().and_then(|value| {
        let default = if given.primary_key { None } else { default_of(value, &ty) };
        if default.is_none() {
            wrong(&format!(
                "has a `default` that is no value for {}; write one of its type, or leave it out",
                if given.primary_key { "a primary key".to_owned() } else { ty.to_string() }
            ));
        }
        default
    });
    let analyzer = given.analyzer.as_ref().map(|table| serde_json::to_string(table).unwrap_or_default());
    let field = Field {
        primary: given.primary_key,
        auto_id: given.auto_id,
        partition_key: given.partition_key,
        nullable: given.nullable,
        has_default: default.is_some(),
        function_output: given.bm25_of.is_some(),
        ..Field::new(given.name.as_str(), ty)
    };
    WantedField {
        field,
        default,
        clustering_key: given.clustering_key,
        analyzer,
        bm25_of: given.bm25_of.clone(),
        index,
    }
}

/// The index that the field has: a vector always has one, as Milvus loads no collection without.
fn index_of(given: &CreateField, is_vector: bool, ty: &FieldType, wrong: &mut impl FnMut(&str)) -> Option<WantedIndex> {
    let of_file = given.index.as_ref();
    if of_file.is_none() && !is_vector {
        return None;
    }
    let metric = of_file.and_then(|index| index.metric.clone());
    if metric.is_some() && !is_vector {
        wrong(&format!("is {ty}, and only an index of a vector has a `metric`"));
    }
    let usual = match ty {
        FieldType::Vector { ty: VectorType::Binary, .. } => Some("HAMMING"),
        FieldType::Vector { ty: VectorType::SparseFloat, .. } => {
            Some(if given.bm25_of.is_some() { "BM25" } else { "IP" })
        }
        FieldType::Vector { .. } => Some("COSINE"),
        _ => None,
    };
    let is_sparse = matches!(ty, FieldType::Vector { ty: VectorType::SparseFloat, .. });
    let usual_kind = if is_sparse { "SPARSE_INVERTED_INDEX" } else { AUTOINDEX };
    let params = of_file.map(|index| &index.params).filter(|params| !params.is_empty());
    Some(WantedIndex {
        kind: of_file.and_then(|index| index.kind.clone()).unwrap_or_else(|| usual_kind.to_owned()),
        metric: metric.or(usual.map(str::to_owned)),
        params: params.map(|params| serde_json::to_string(params).unwrap_or_default()),
    })
}

/// A default of that type, exactly; none where the value is no such value.
fn default_of(value: &Value, ty: &FieldType) -> Option<DefaultValue> {
    let within = |bits: u32| {
        let limit = 1i64 << (bits - 1);
        value.as_i64().filter(|number| (-limit..limit).contains(number)).map(DefaultValue::Int)
    };
    match ty {
        FieldType::Bool => value.as_bool().map(DefaultValue::Bool),
        FieldType::Int8 => within(8),
        FieldType::Int16 => within(16),
        FieldType::Int32 => within(32),
        FieldType::Int64 => value.as_i64().map(DefaultValue::Int),
        FieldType::Float => {
            let number = value.as_f64().map(|number| number as f32);
            number.filter(|number| number.is_finite()).map(DefaultValue::Float)
        }
        FieldType::Double => value.as_f64().map(DefaultValue::Double),
        FieldType::VarChar { max_length } => {
            value.as_str().filter(|text| text.len() <= *max_length as usize).map(|text| DefaultValue::Text(text.into()))
        }
        FieldType::Text | FieldType::Timestamptz | FieldType::Geometry => {
            value.as_str().map(|text| DefaultValue::Text(text.into()))
        }
        _ => None,
    }
}

/// What goes over several fields.
fn check_whole(create: &Create, fields: &[WantedField], mistakes: &mut Mistakes) {
    let mut names = HashSet::new();
    for field in create.fields.iter().filter(|field| !names.insert(field.name.as_str())) {
        mistakes.field(field, "is there twice; keep one of them");
    }
    if fields.len() > FIELDS_MAX {
        mistakes
            .add(format!("{} fields, and Milvus takes {FIELDS_MAX}; leave some to the dynamic field", fields.len()));
    }
    match fields.iter().filter(|field| field.field.primary).count() {
        0 => mistakes.add("no field is the primary key; set `primary_key = true` for one".into()),
        1 => {}
        _ => mistakes.add("more than one field is the primary key; keep one".into()),
    }
    if !fields.iter().any(|field| matches!(field.field.ty, FieldType::Vector { .. })) {
        mistakes.add("no field is a vector, and Milvus makes no collection without one; add a FloatVector".into());
    }
    let partition_keys = fields.iter().filter(|field| field.field.partition_key).count();
    if partition_keys > 1 {
        mistakes.add("more than one field is the partition key; keep one".into());
    }
    if partition_keys > 0 && !create.partitions.is_empty() {
        mistakes.add("`partitions` beside a partition key, which makes its own; keep one of them".into());
    }
    if partition_keys == 0 && create.partition_count.is_some() {
        mistakes.add("`partition_count` is for a partition key, and no field is one; leave it out".into());
    }
    for (field, given) in fields.iter().zip(&create.fields) {
        let Some(words) = &field.bm25_of else { continue };
        let of = fields.iter().find(|of| *of.field.name == **words);
        if of.is_none_or(|of| of.analyzer.is_none()) {
            mistakes.field(
                given,
                &format!("is made of the words of `{words}`, which is no field with an `analyzer`; give it one"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Result<Wanted, Vec<String>> {
        Wanted::of(&toml::from_str(text).expect("the table is right"))
    }

    #[test]
    fn a_vector_has_an_index_whether_it_is_given_or_not() {
        let wanted = wanted(
            "fields = [{ name = 'id', type = 'Int64', primary_key = true },
                { name = 'a', type = 'FloatVector(4)' }, { name = 'b', type = 'BinaryVector(8)' },
                { name = 'c', type = 'FloatVector(4)', index = { type = 'HNSW', metric = 'L2', params = { M = 16 } } },
                { name = 's', type = 'SparseFloatVector', bm25_of = 't' },
                { name = 't', type = 'VarChar(99)', analyzer = { type = 'english' } }]",
        );
        let wanted = wanted.expect("it is right");
        let index = |kind: &str, metric: &str, params: Option<&str>| {
            Some(WantedIndex { kind: kind.into(), metric: Some(metric.into()), params: params.map(str::to_owned) })
        };
        let indexes: Vec<_> = wanted.fields.iter().map(|field| field.index.clone()).collect();
        let auto = |metric| index(AUTOINDEX, metric, None);
        let hnsw = index("HNSW", "L2", Some("{\"M\":16}"));
        let words = index("SPARSE_INVERTED_INDEX", "BM25", None);
        assert_eq!(indexes, [None, auto("COSINE"), auto("HAMMING"), hnsw, words, None]);
        assert_eq!(wanted.fields[5].analyzer.as_deref(), Some("{\"type\":\"english\"}"));
        assert!(wanted.fields[4].field.function_output && !wanted.fields[5].field.function_output);
    }

    #[test]
    fn a_default_is_of_its_fields_type_exactly() {
        let ty = |text: &str| text.parse::<FieldType>().expect("a type");
        for (value, of, default) in [
            (Value::from(-128), "Int8", Some(DefaultValue::Int(-128))),
            (Value::from(128), "Int8", None),
            (Value::from(1.5), "Int64", None),
            (Value::from(2), "Float", Some(DefaultValue::Float(2.0))),
            (Value::from(1e39), "Float", None),
            (Value::from("äb"), "VarChar(3)", Some(DefaultValue::Text("äb".into()))),
            (Value::from("äbc"), "VarChar(3)", None),
            (Value::from(1), "Bool", None),
            (Value::from("{}"), "JSON", None),
        ] {
            assert_eq!(default_of(&value, &ty(of)), default, "{value} {of}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let text = "partitions = ['a']\nfields = [
            { name = 'id', type = 'Float', primary_key = true, nullable = true, default = 1 },
            { name = 'id', type = 'Int64', auto_id = true, partition_key = true, index = { metric = 'L2' } },
            { name = '9x', type = 'JSON', analyzer = {}, default = 'x' },
            { name = 's', type = 'Bool', bm25_of = 't' }]";
        insta::assert_snapshot!(wanted(text).expect_err("it is wrong").join("\n"), @r"
        [milvus.create]: field `id` is Float, and a primary key is an Int64 or a VarChar
        [milvus.create]: field `id` is the primary key and nullable; a row must have its key
        [milvus.create]: field `id` has a `default` that is no value for a primary key; write one of its type, or leave it out
        [milvus.create]: field `id` has `auto_id`, which only the primary key can have
        [milvus.create]: field `id` is Int64, and only an index of a vector has a `metric`
        [milvus.create]: field `9x` has no name that Milvus takes; write letters of ASCII, digits and _, no digit first, at most 255
        [milvus.create]: field `9x` is JSON, and only a VarChar has an `analyzer`
        [milvus.create]: field `9x` has a `default` that is no value for JSON; write one of its type, or leave it out
        [milvus.create]: field `s` is Bool, and only a SparseFloatVector is made of words (`bm25_of`)
        [milvus.create]: field `id` is there twice; keep one of them
        [milvus.create]: no field is a vector, and Milvus makes no collection without one; add a FloatVector
        [milvus.create]: `partitions` beside a partition key, which makes its own; keep one of them
        [milvus.create]: field `s` is made of the words of `t`, which is no field with an `analyzer`; give it one
        ");
    }
}
