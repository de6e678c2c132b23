//! Against real servers: Milvus 2.3.5 and Milvus Lite. Their addresses come from the environment, and a test that
//! finds none fails.

mod connection;
mod deletes;
mod every_type;
mod partial;
mod partitions;
mod secured;

use std::sync::Arc;
use std::time::Duration;

use arrow_array::{Float32Array, Int64Array, StringArray};
use arrow_buffer::OffsetBuffer;
use serde_json::{Map, Value, json};

use self::connection::a_connection_that_is_cut_is_made_anew;
use self::deletes::{
    a_row_that_changes_its_partition_key_leaves_no_second_one,
    a_row_that_moves_to_another_partition_leaves_no_second_one, a_row_whose_key_milvus_made_is_deleted,
    rows_are_deleted_by_integers, rows_are_deleted_by_texts_of_any_characters,
    ten_thousand_rows_are_deleted_in_a_request,
};
use self::every_type::every_type;
use self::partitions::{a_partition_key_decides_where_rows_go, rows_go_to_the_partitions_that_are_made_for_them};
use super::testing::{array, batch, collection, field, float_vector, key, varchar};
use super::*;
use crate::batch::{Batch, Column, Element, Operation, Operations};
use crate::config::UnknownFields;
use crate::target::{Collection, Field, FieldType};

const DIM: usize = 4;

/// A server to test against.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Server {
    Milvus,
    Lite,
}

impl Server {
    fn uri(self) -> String {
        let (variable, launcher) = match self {
            Self::Milvus => ("KITELINE_TEST_MILVUS", "tests/servers/milvus.sh"),
            Self::Lite => ("KITELINE_TEST_MILVUS_LITE", "tests/servers/milvus-lite.sh"),
        };
        std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: start a server with {launcher}, or run all tests with `cargo xtask test`")
        })
    }

    fn options(self) -> Options {
        Options { uri: self.uri(), token: None, tls: None, database: None, timeout: Duration::from_secs(30) }
    }

    async fn connect(self) -> Client {
        Client::connect(&self.options()).await.expect("the server is there")
    }
}

/// Runs a test against one server.
fn on<F: Future>(server: Server, test: impl FnOnce(Server) -> F) {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(test(server));
}

/// The same test against each server.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod milvus_2_3 {
            $(#[test] fn $name() { super::on(super::Server::Milvus, super::$name); })*
        }
        mod milvus_lite {
            $(#[test] fn $name() { super::on(super::Server::Lite, super::$name); })*
        }
    };
}

on_both!(
    a_connection_that_is_cut_is_made_anew,
    every_type_is_read_back_as_it_was_written,
    a_schema_is_described_as_it_was_made,
    rows_go_to_the_partitions_that_are_made_for_them,
    a_partition_key_decides_where_rows_go,
    keys_that_milvus_makes_are_inserted,
    unknown_fields_are_found_in_the_dynamic_field,
    an_upsert_replaces_and_a_key_is_there_once,
    a_collection_that_is_not_loaded_is_written,
    a_search_finds_what_was_written,
    json_that_validation_accepts_is_taken,
    a_database_is_used_and_missed,
    a_missing_collection_is_said_to_be_missing,
    defaults_are_written_where_rows_have_none,
    a_request_of_many_rows_is_written_whole,
    rows_that_milvus_refuses_are_called_so,
    rows_are_deleted_by_integers,
    rows_are_deleted_by_texts_of_any_characters,
    ten_thousand_rows_are_deleted_in_a_request,
    a_row_whose_key_milvus_made_is_deleted,
    a_row_that_moves_to_another_partition_leaves_no_second_one,
    a_row_that_changes_its_partition_key_leaves_no_second_one,
);

/// A collection of that test's own, dropped if an earlier run left it.
async fn make(client: &Client, name: &str, schema: Schema) -> Described {
    if client.has_collection(name).await.expect("answers") {
        client.drop_collection(name).await.expect("drops");
    }
    let vectors = schema.collection.fields.iter().filter(|f| matches!(f.ty, FieldType::Vector { .. }));
    let index = |field: &Field| Index {
        field: field.name.to_string(),
        kind: "FLAT".into(),
        metric: Some("COSINE".into()),
        params: Vec::new(),
    };
    let indexes: Vec<Index> = vectors.map(index).collect();
    client.create_collection(&schema, &indexes).await.expect("creates");
    client.describe(name).await.expect("describes")
}

async fn load(client: &Client, name: &str) {
    client.load(name, Duration::from_secs(120)).await.expect("loads");
}

/// Writes all rows of a batch in one request.
async fn write(
    client: &Client,
    described: &Described,
    rows: &Batch,
    partition: Option<&str>,
) -> Result<(), WriteError> {
    client.write(&request(described, rows, partition)).await
}

/// A request of all rows.
fn request(described: &Described, rows: &Batch, partition: Option<&str>) -> Request {
    request_by(UnknownFields::Dynamic.into(), described, rows, partition)
}

fn request_by(rules: Rules, described: &Described, rows: &Batch, partition: Option<&str>) -> Request {
    let (prepared, rejections) = validate(rows, &described.schema, rules);
    assert_eq!(rejections, []);
    let group = Group { partition: partition.map(Into::into), ..Group::of(&prepared, 0) };
    let mut request = Request::new(&described.schema, group);
    let mut places = Keys::of(&described.schema);
    for row in prepared.rows() {
        let overtook = places.get(&prepared, row.index).map(|place| request.take(*place)).unwrap_or_default();
        let token = RowToken { batch: 0, record: row.record };
        let place = request.push(Version { prepared: Arc::clone(&prepared), row: row.index, token }, overtook);
        places.insert(&prepared, row.index, place);
    }
    request
}

async fn all(client: &Client, name: &str, partitions: &[&str]) -> Vec<Map<String, Value>> {
    let query = Query { filter: "", fields: &["*"], partitions, limit: 16_384 };
    let mut rows = client.query(name, &query).await.expect("answers");
    rows.sort_by_key(|row| row["id"].to_string());
    rows
}

fn ids(ids: impl IntoIterator<Item = i64>) -> Column {
    Column::ints(ids.into_iter().collect())
}

fn vectors(rows: usize) -> Column {
    let numbers: Vec<f32> = (0..rows * DIM).map(|i| 0.1 + i as f32).collect();
    Column::vectors(OffsetBuffer::from_lengths(vec![DIM; rows]), None, Float32Array::from(numbers))
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Column {
    Column::texts(StringArray::from_iter_values(values))
}

async fn every_type_is_read_back_as_it_was_written(server: Server) {
    let client = server.connect().await;
    let columns = every_type();
    let fields = columns.iter().map(|(field, ..)| field.clone());
    let described = make(&client, "every_type", Schema::new(collection("every_type", fields))).await;
    let rows = batch(columns.iter().map(|(field, column, _)| (&*field.name, column.clone())));
    write(&client, &described, &rows, None).await.expect("writes");
    load(&client, "every_type").await;

    let found = all(&client, "every_type", &[]).await;
    assert_eq!(found.len(), 3);
    for (row, found) in found.iter().enumerate() {
        for (field, _, values) in &columns {
            assert_eq!(found[&*field.name], values[row], "{} of row {row}", field.name);
        }
        assert_eq!(found.len(), columns.len());
    }
}

async fn a_schema_is_described_as_it_was_made(server: Server) {
    let client = server.connect().await;
    let fields: Vec<Field> = every_type().into_iter().map(|(field, ..)| field).collect();
    let schema = Schema::new(Collection { dynamic: true, ..collection("described", fields) });
    let described = make(&client, "described", schema.clone()).await;
    assert_eq!(described.partitions, ["_default"]);
    assert_eq!(check_supported(&described.schema.collection), Ok(()));
    let mut expected = (*schema.collection).clone();
    expected.loaded = described.schema.collection.loaded;
    if server == Server::Lite {
        // Milvus Lite forgets how long the texts of an Array may be.
        let words = expected.fields.iter_mut().find(|field| &*field.name == "varchars").expect("is there");
        words.ty = array(varchar(65_535), 4);
    }
    assert_eq!(*described.schema.collection, expected);
    load(&client, "described").await;
    assert!(client.describe("described").await.expect("describes").schema.collection.loaded);
}

async fn keys_that_milvus_makes_are_inserted(server: Server) {
    let client = server.connect().await;
    let fields = [Field { auto_id: true, ..key("id") }, field("text", varchar(20)), field("vector", float_vector(4))];
    let described = make(&client, "auto", Schema::new(collection("auto", fields))).await;
    let mut rows = batch([("text", texts(["a", "a"])), ("vector", vectors(2))]);
    rows.set_operations(Operations::All(Operation::Insert));
    write(&client, &described, &rows, None).await.expect("writes");
    load(&client, "auto").await;
    assert_eq!(client.count("auto", "").await.expect("counts"), 2);
}

async fn unknown_fields_are_found_in_the_dynamic_field(server: Server) {
    let client = server.connect().await;
    let plain = collection("dynamic", [key("id"), field("vector", float_vector(4))]);
    let described = make(&client, "dynamic", Schema::new(Collection { dynamic: true, ..plain })).await;
    let author = Column::texts(StringArray::from(vec![Some("Ann \"A\""), None, None]));
    let year = Column::ints(Int64Array::from(vec![Some(1 << 40), Some(7), None]));
    let rows = batch([("id", ids([1, 2, 3])), ("vector", vectors(3)), ("author", author), ("year", year)]);
    write(&client, &described, &rows, None).await.expect("writes");
    load(&client, "dynamic").await;
    let found = all(&client, "dynamic", &[]).await;
    let of = |row: usize| (found[row].get("author").cloned(), found[row].get("year").cloned());
    assert_eq!(of(0), (Some(json!("Ann \"A\"")), Some(json!(1i64 << 40))));
    assert_eq!(of(1), (None, Some(json!(7))));
    assert_eq!(of(2), (None, None));
    let query = Query { filter: "year > 100", fields: &["id"], partitions: &[], limit: 10 };
    assert_eq!(client.query("dynamic", &query).await.expect("answers").len(), 1);
}

async fn an_upsert_replaces_and_a_key_is_there_once(server: Server) {
    let client = server.connect().await;
    let id = Field { primary: true, ..field("id", varchar(50)) };
    let fields = [id, field("n", FieldType::Int64), field("vector", float_vector(4))];
    let described = make(&client, "upserted", Schema::new(collection("upserted", fields))).await;
    load(&client, "upserted").await;
    for n in [0, 10] {
        let keys = texts(["", "a \"quoted\" \\ key", "ü", ""]);
        let numbers = Column::ints((n..n + 4).collect());
        let rows = batch([("id", keys), ("n", numbers), ("vector", vectors(4))]);
        write(&client, &described, &rows, None).await.expect("writes");
    }
    let found = all(&client, "upserted", &[]).await;
    let mut found: Vec<_> = found.iter().map(|row| (row["id"].as_str(), row["n"].as_i64())).collect();
    found.sort();
    assert_eq!(found, [(Some(""), Some(13)), (Some("a \"quoted\" \\ key"), Some(11)), (Some("ü"), Some(12))]);
}

async fn a_collection_that_is_not_loaded_is_written(server: Server) {
    let client = server.connect().await;
    let schema = Schema::new(collection("unloaded", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "unloaded", schema).await;
    let warnings = client.warnings(&described.schema, Operation::Upsert);
    if server == Server::Milvus {
        assert_eq!(warnings, ["the collection `unloaded` is not loaded: rows are written, and can't be searched yet"]);
    }
    write(&client, &described, &batch([("id", ids([1])), ("vector", vectors(1))]), None).await.expect("writes");
    load(&client, "unloaded").await;
    assert_eq!(client.count("unloaded", "").await.expect("counts"), 1);
}

async fn json_that_validation_accepts_is_taken(server: Server) {
    let client = server.connect().await;
    let fields = [key("id"), field("json", FieldType::Json), field("vector", float_vector(4))];
    let described = make(&client, "json_values", Schema::new(collection("json_values", fields))).await;
    let mut written = Vec::new();
    for text in ["{}", "[1,{}]", "1", "0.5", "true", "\"text\""] {
        let json = Column::json(StringArray::from(vec![text]));
        let rows = batch([("id", ids([1])), ("json", json), ("vector", vectors(1))]);
        let (_, rejections) = validate(&rows, &described.schema, UnknownFields::Dynamic);
        if rejections.is_empty() {
            write(&client, &described, &rows, None).await.expect(text);
            written.push(text);
        }
    }
    assert_eq!(written, if server == Server::Milvus { &["{}"][..] } else { &["{}", "[1,{}]"] });
}

async fn a_search_finds_what_was_written(server: Server) {
    let client = server.connect().await;
    let fields = [key("id"), field("name", varchar(50)), field("vector", float_vector(4))];
    let described = make(&client, "searched", Schema::new(collection("searched", fields))).await;
    load(&client, "searched").await;
    let numbers = vec![1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.7, 0.7, 0.0, 0.0];
    let column = Column::vectors(OffsetBuffer::from_lengths([4, 4, 4]), None, Float32Array::from(numbers));
    let rows = batch([("id", ids([1, 2, 3])), ("name", texts(["east", "north", "between"])), ("vector", column)]);
    write(&client, &described, &rows, None).await.expect("writes");
    let search = Search { field: "vector", vector: &[0.1, 1.0, 0.0, 0.0], filter: "", limit: 2, fields: &["name"] };
    let hits = client.search("searched", &search).await.expect("finds");
    let names: Vec<_> = hits.iter().map(|hit| (&hit.key, &hit.fields["name"])).collect();
    assert_eq!(names, [(&json!(2), &json!("north")), (&json!(3), &json!("between"))]);
    assert!(hits[0].score > 0.99 && hits[0].score > hits[1].score, "{hits:?}");
}

async fn a_database_is_used_and_missed(server: Server) {
    let client = server.connect().await;
    // Left from an earlier run it is there already; whether it is shows below.
    let _ = client.create_database("library").await;
    let library = Options { database: Some("library".into()), ..server.options() };
    let library = Client::connect(&library).await.expect("the database is there");
    let schema = || Schema::new(collection("only_there", [key("id"), field("vector", float_vector(4))]));
    let described = make(&library, "only_there", schema()).await;
    write(&library, &described, &batch([("id", ids([1])), ("vector", vectors(1))]), None).await.expect("writes");
    assert!(!client.has_collection("only_there").await.expect("answers"), "it is in the default database");

    let missing = Options { database: Some("nowhere".into()), ..server.options() };
    let error = Client::connect(&missing).await.expect_err("there is no such database");
    assert!(matches!(&error, SinkError::Misconfigured(text) if text.contains("no database `nowhere`")), "{error:?}");
}

async fn a_missing_collection_is_said_to_be_missing(server: Server) {
    let error = server.connect().await.describe("nothing").await.expect_err("there is none");
    assert!(matches!(&error, SinkError::NoCollection { collection, .. } if collection == "nothing"), "{error:?}");
}

async fn defaults_are_written_where_rows_have_none(server: Server) {
    let client = server.connect().await;
    let fields = [key("id"), field("n", FieldType::Int64), field("t", varchar(20)), field("vector", float_vector(4))];
    let schema = Schema::new(collection("defaults", fields));
    let schema = schema.with_default("n", DefaultValue::Int(7)).with_default("t", DefaultValue::Text("none".into()));
    let described = make(&client, "defaults", schema).await;
    assert!(described.schema.collection.field("n").is_some_and(|field| field.has_default));
    let numbers = Column::ints(Int64Array::from(vec![Some(1), None]));
    let rows = batch([("id", ids([1, 2])), ("n", numbers), ("vector", vectors(2))]);
    write(&client, &described, &rows, None).await.expect("writes");
    load(&client, "defaults").await;
    let found = all(&client, "defaults", &[]).await;
    let found: Vec<_> = found.iter().map(|row| (row["n"].as_i64(), row["t"].as_str())).collect();
    assert_eq!(found, [(Some(1), Some("none")), (Some(7), Some("none"))]);
}

#[test]
fn null_is_written_where_the_field_may_be_null() {
    // Milvus 2.3 has no nullable fields.
    on(Server::Lite, async |server: Server| {
        let client = server.connect().await;
        let nullable = |name: &str, ty| Field { nullable: true, ..field(name, ty) };
        let fields = [
            key("id"),
            nullable("n", FieldType::Int64),
            nullable("t", varchar(20)),
            nullable("j", FieldType::Json),
            nullable("a", array(FieldType::Int64, 4)),
            field("vector", float_vector(4)),
        ];
        let described = make(&client, "nulls", Schema::new(collection("nulls", fields))).await;
        let words = Column::texts(StringArray::from(vec![None, Some("x"), None]));
        let json = Column::json(StringArray::from(vec![Some("{}"), None, Some("null")]));
        let offsets = OffsetBuffer::from_lengths([1, 0, 0]);
        let numbers = Arc::new(Int64Array::from(vec![5]));
        let lists = Column::arrays(Element::Int, offsets, Some(vec![true, false, true].into()), numbers);
        let columns = [("id", ids([1, 2, 3])), ("t", words), ("j", json), ("a", lists), ("vector", vectors(3))];
        write(&client, &described, &batch(columns), None).await.expect("writes");
        load(&client, "nulls").await;
        let found = all(&client, "nulls", &[]).await;
        let of = |name: &str| found.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
        assert_eq!(of("n"), [Value::Null, Value::Null, Value::Null]);
        assert_eq!(of("t"), [Value::Null, json!("x"), Value::Null]);
        assert_eq!(of("j"), [json!({}), Value::Null, Value::Null]);
        assert_eq!(of("a"), [json!([5]), Value::Null, json!([])]);
    });
}

async fn a_request_of_many_rows_is_written_whole(server: Server) {
    let client = server.connect().await;
    let schema = Schema::new(collection("many", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "many", schema).await;
    load(&client, "many").await;
    write(&client, &described, &batch([("id", ids(0..5000)), ("vector", vectors(5000))]), None).await.expect("writes");
    assert_eq!(client.count("many", "").await.expect("counts"), 5000);
    assert_eq!(all(&client, "many", &[]).await.len(), 5000);
}

/// Rows that were right for a schema that the collection does not have any more.
async fn rows_that_milvus_refuses_are_called_so(server: Server) {
    let client = server.connect().await;
    let of = |max| {
        Schema::new(collection("changed", [key("id"), field("t", varchar(max)), field("vector", float_vector(4))]))
    };
    let old = make(&client, "changed", of(100)).await;
    make(&client, "changed", of(5)).await;
    let columns = || [("id", ids([1])), ("t", texts(["SECRET VALUE"])), ("vector", vectors(1))];
    let error = write(&client, &old, &batch(columns()), None).await.expect_err("is too long");
    assert_eq!(error.class, Class::Refused, "{error:?}");
    assert!(!error.to_string().contains("SECRET"), "{error}");
    assert!(!error.detail().is_empty());
    client.drop_collection("changed").await.expect("drops");
    let error = write(&client, &old, &batch(columns()), None).await.expect_err("is gone");
    assert_eq!((error.class, error.code), (Class::Changed, Code::Milvus(100)), "{error:?}");
}
