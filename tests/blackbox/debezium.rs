//! Changes in Debezium's envelopes, in whatever format they are written.

use std::path::Path;
use std::process::Command;

use kiteline::target::{Field, FieldType};
use serde_json::{Value, json};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kiteline::kiteline;
use super::support::pipeline::Names;
use super::support::{kafka, registry};

/// Brings the changes of `tests/producers/debezium.py` to a collection.
fn follow(format: &str, decode: &str) {
    let milvus = Milvus::lite();
    let names = Names::unique(&format!("debezium_{format}"), kafka::brokers(), milvus.uri.clone());
    let dead = format!("{}.dead", names.topic);
    kafka::create_topics(&[(&names.topic, 1), (&dead, 1)]);
    let optional = |name, ty| Field { nullable: true, ..field(name, ty) };
    let key = Field { primary: true, ..field("id", FieldType::Int64) };
    let fields = [key, optional("title", text(64)), optional("price", FieldType::Double), field("v", vector(2))];
    milvus.create(&names.collection, &fields);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/producers/confluent.sh");
    let mut producer = Command::new(script);
    producer.args(["debezium.py", format, &kafka::brokers(), &registry(), &names.topic]);
    assert!(producer.status().expect("the script starts").success());

    let file = names.file(
        "",
        &format!(
            "{decode}\n[[plugin]]\nuse = \"unwrap\"\nconfig = {{ format = \"debezium\", key = [\"id\"] }}\n\n\
             [[plugin]]\nuse = \"cast\"\nconfig = {{ float = [\"price\"] }}\n\n[dead_letter]\ntopic = \"{dead}\"\n"
        ),
    );
    let ended = kiteline(&["run", file.path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let rows = milvus.rows_by_id(&names.collection);
    let row =
        |id: i64, title: Value, price: f64| json!({"id": id, "title": title, "price": price, "v": [id as f64, 0.5]});
    let expected = [row(1, json!("first"), 99_999_999.99), row(5, Value::Null, 12.5)];
    assert_eq!(rows.into_values().collect::<Vec<_>>(), expected);
    let letters = kafka::read_all(&dead);
    let reasons: Vec<&str> =
        letters.iter().filter_map(|letter| letter.header("__connect.errors.exception.message")).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].starts_with("the table was emptied"), "{}", reasons[0]);
    assert!(reasons[1].starts_with("`title` did not change, so Debezium does not know its value"), "{}", reasons[1]);
}

#[test]
fn debezium_in_avro_with_a_registry_is_followed() {
    let registry = registry();
    follow(
        "avro",
        &format!(
            "[decode]\nformat = \"avro\"\nkey = {{ format = \"avro\" }}\nregistry = {{ urls = [\"{registry}\"] }}\n"
        ),
    );
}

#[test]
fn debezium_in_json_with_its_schemas_is_followed() {
    follow("json", "[decode]\nformat = \"json\"\nkey = { format = \"json\" }\n");
}
