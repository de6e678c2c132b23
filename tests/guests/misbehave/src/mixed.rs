//! Reads everything and writes it back under other names, so that a test of the host sees what a plugin sees.
//!
//! What a function gives of a field `F` is written to the field `FUNCTION:F`, and what the ones without a field give to
//! the field `FUNCTION`. Beside these there is `own:TYPE` for every type, with values made of the row's number and none
//! in every third row.

use kiteline_guest::host::batch as raw;
use kiteline_guest::{Arrays, Batch, Bytes, Operation, SparseVectors, Texts, VectorType, Vectors, target};
use serde_json::{Value, json};

pub(crate) fn process(batch: &mut Batch, fields: &[String], header: &str) {
    let names = Value::from(batch.fields()).to_string();
    for field in fields {
        echo(batch, field);
    }
    records(batch, header);
    routes(batch);
    own(batch);
    let rows = batch.len();
    let all = |text: &str| -> Texts { (0..rows).map(|_| Some(text)).collect() };
    batch.set_json_texts("fields", &all(&names));
    batch.set_json_texts("target", &all(&describe_target().to_string()));
    batch.set_ints("rows", &vec![i64::try_from(rows).ok(); rows]);
    batch.set_texts("scratch", &all("renamed"));
    let renamed = [batch.rename("scratch", "renamed"), batch.rename("no such field", "other")];
    batch.set_texts("scratch", &all("removed"));
    let removed = [batch.remove("scratch"), batch.remove("scratch")];
    batch.set_json_texts("answers", &all(&json!({ "rename": renamed, "remove": removed }).to_string()));
}

/// Writes what each reading function gives of a field.
fn echo(batch: &mut Batch, field: &str) {
    let to = |function: &str| format!("{function}:{field}");
    let ty = batch.field_type(field);
    raw::set_texts(&to("field-type"), &vec![ty.as_deref(); batch.len()]);

    let texts = raw::texts(field);
    raw::set_texts(&to("texts"), &texts.iter().map(Option::as_deref).collect::<Vec<_>>());
    let packed = raw::packed_texts(field);
    raw::set_packed_texts(&to("packed-texts"), &packed.data, &packed.lengths);
    let bytes = raw::bytes(field);
    raw::set_bytes(&to("bytes"), &bytes.iter().map(Option::as_deref).collect::<Vec<_>>());
    let packed = raw::packed_bytes(field);
    raw::set_packed_bytes(&to("packed-bytes"), &packed.data, &packed.lengths);
    let json = raw::json_texts(field);
    raw::set_json_texts(&to("json-texts"), &json.iter().map(Option::as_deref).collect::<Vec<_>>());
    raw::set_ints(&to("ints"), &raw::ints(field));
    raw::set_floats(&to("floats"), &raw::floats(field));
    raw::set_bools(&to("bools"), &raw::bools(field));

    batch.set_ints(&to("lengths"), &ints(&raw::lengths(field)));
    let texts = batch.text_arrays(field);
    batch.set_text_arrays(&to("text-elements"), &texts);
    let int_arrays = batch.int_arrays(field);
    batch.set_int_arrays(&to("int-elements"), &int_arrays);
    let floats = batch.float_arrays(field);
    batch.set_float_arrays(&to("float-elements"), &floats);
    let bools = batch.bool_arrays(field);
    batch.set_bool_arrays(&to("bool-elements"), &bools);

    batch.set_ints(&to("dims"), &ints(&raw::dims(field)));
    let vectors = batch.vectors(field);
    batch.set_vectors(&to("vectors"), &vectors);
    if let Some(of) = ty.as_deref().and_then(dense) {
        let (dims, data) = (batch.dims(field), batch.vector_bytes(field));
        batch.set_vector_bytes(&to("vector-bytes"), of, &dims, &data);
    }
    if ty.as_deref() == Some("sparse-float-vector") {
        let vectors = batch.sparse_vectors(field);
        batch.set_sparse_vectors(&to("sparse"), &vectors);
    }
}

/// Writes what the records came with.
fn records(batch: &mut Batch, header: &str) {
    fn list(field: &str, values: &[Option<Vec<u8>>]) {
        raw::set_bytes(field, &values.iter().map(Option::as_deref).collect::<Vec<_>>());
    }
    list("payloads", &raw::payloads());
    list("keys", &raw::keys());
    list("headers", &raw::headers(header));
    let payloads = batch.payloads();
    batch.set_bytes("packed-payloads", &payloads);
    let keys = batch.keys();
    batch.set_bytes("packed-keys", &keys);
    let topics: Texts = batch.topics().into_iter().map(Some).collect();
    batch.set_texts("topics", &topics);
    let partitions: Vec<_> = batch.kafka_partitions().into_iter().map(|number| Some(number.into())).collect();
    batch.set_ints("kafka-partitions", &partitions);
    let offsets: Vec<_> = batch.offsets().into_iter().map(Some).collect();
    batch.set_ints("offsets", &offsets);
    let timestamps = batch.timestamps();
    batch.set_ints("timestamps", &timestamps);
}

/// Writes where the rows go, and sends them there.
fn routes(batch: &mut Batch) {
    let operations = batch.operations();
    let name = |operation: &Operation| match operation {
        Operation::Upsert => "upsert",
        Operation::Insert => "insert",
        Operation::Delete => "delete",
    };
    let names: Texts = operations.iter().map(|operation| Some(name(operation))).collect();
    batch.set_texts("operations", &names);
    batch.set_operations(&operations);
    let collections: Texts = batch.collections().into_iter().map(Some).collect();
    batch.set_texts("collections", &collections);
    batch.set_collections(&collections.iter().collect::<Vec<_>>());
    let partitions = batch.partitions();
    batch.set_texts("partitions", &partitions);
    raw::set_partitions(&partitions.iter().collect::<Vec<_>>());
    batch.set_partitions(&partitions);
}

/// Writes a field of every type.
fn own(batch: &mut Batch) {
    let rows = batch.len();
    batch.set_bools("own:bool", &column(rows, |row| row % 2 == 0));
    batch.set_ints("own:int", &column(rows, i64::from));
    batch.set_floats("own:float64", &column(rows, |row| f64::from(row) + 0.5));
    let texts: Texts = column(rows, |row| format!("row {row}")).into_iter().collect();
    batch.set_texts("own:text", &texts);
    let bytes: Bytes = column(rows, u32::to_le_bytes).into_iter().collect();
    batch.set_bytes("own:bytes", &bytes);
    let json: Texts = column(rows, |row| json!({ "row": row }).to_string()).into_iter().collect();
    batch.set_json_texts("own:json", &json);

    let bools: Arrays<bool> = column(rows, |row| [row % 2 == 0, true]).into_iter().collect();
    batch.set_bool_arrays("own:bool[]", &bools);
    let ints: Arrays<i64> = column(rows, |row| [i64::from(row), -1]).into_iter().collect();
    batch.set_int_arrays("own:int[]", &ints);
    let floats: Arrays<f64> = column(rows, |row| [f64::from(row), 0.5]).into_iter().collect();
    batch.set_float_arrays("own:float64[]", &floats);
    let texts: Arrays<String> = column(rows, |row| vec![row.to_string(); row as usize % 4]).into_iter().collect();
    batch.set_text_arrays("own:text[]", &texts);

    let vectors: Vectors = column(rows, |row| [row as f32, 0.25, 0.5, 1.0]).into_iter().collect();
    batch.set_vectors("own:float-vector", &vectors);
    // Type, name, bytes a vector, dimensions.
    let dense = [
        (VectorType::Float16Vector, "float16", 8, 4),
        (VectorType::Bfloat16Vector, "bfloat16", 8, 4),
        (VectorType::Int8Vector, "int8", 4, 4),
        (VectorType::BinaryVector, "binary", 1, 8),
    ];
    for (of, name, bytes, dim) in dense {
        let data = column(rows, |row| vec![row.to_le_bytes()[0]; bytes]);
        let data: Vec<u8> = data.into_iter().flatten().flatten().collect();
        batch.set_vector_bytes(&format!("own:{name}-vector"), of, &column(rows, |_| dim), &data);
    }
    let mut sparse = SparseVectors::default();
    column(rows, |row| [(row, 0.5), (row + 9, 1.0)]).into_iter().for_each(|pairs| sparse.push(pairs));
    batch.set_sparse_vectors("own:sparse-float-vector", &sparse);
}

/// None in every third row.
fn column<T>(rows: usize, value: impl Fn(u32) -> T) -> Vec<Option<T>> {
    (0..rows as u32).map(|row| (row % 3 != 2).then(|| value(row))).collect()
}

fn ints(counts: &[i32]) -> Vec<Option<i64>> {
    counts.iter().map(|count| Some((*count).into())).collect()
}

fn dense(name: &str) -> Option<VectorType> {
    Some(match name {
        "float-vector" => VectorType::FloatVector,
        "float16-vector" => VectorType::Float16Vector,
        "bfloat16-vector" => VectorType::Bfloat16Vector,
        "int8-vector" => VectorType::Int8Vector,
        "binary-vector" => VectorType::BinaryVector,
        _ => return None,
    })
}

/// The live schema, as the plugin is told it.
fn describe_target() -> Value {
    let field = |collection: &str, field: &str| {
        json!({
            "name": field,
            "type": target::field_type(collection, field),
            "element": target::element_type(collection, field),
            "dim": target::dim(collection, field),
            "max-length": target::max_length(collection, field),
            "max-capacity": target::max_capacity(collection, field),
            "nullable": target::nullable(collection, field),
            "has-default": target::has_default(collection, field),
        })
    };
    let collection = |collection: &String| {
        let fields: Vec<Value> = target::fields(collection).iter().map(|name| field(collection, name)).collect();
        json!({
            "name": collection,
            "fields": fields,
            "primary-key": target::primary_key(collection),
            "auto-id": target::auto_id(collection),
            "partition-key": target::partition_key(collection),
            "dynamic": target::dynamic(collection),
        })
    };
    target::collections().iter().map(collection).collect()
}
