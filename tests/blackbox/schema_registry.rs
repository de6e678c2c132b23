//! Keys and values whose schemas are in a registry, written by the serializers of Confluent's Python client.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use kiteline::target::{Field, FieldType};

use super::support::collection::{Milvus, field, text, vector};
use super::support::kafka::{self, ToSend};
use super::support::kiteline::{kiteline, start};
use super::support::pipeline::Names;
use super::support::{registry, wait_until};

/// Writes what `tests/producers/confluent.py` has for the format.
fn produce(format: &str, topic: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/producers/confluent.sh");
    let status = Command::new(script).args(["confluent.py", format, &kafka::brokers(), &registry(), topic]).status();
    assert!(status.expect("the script starts").success());
}

fn names(test: &str, milvus: &Milvus) -> Names {
    let names = Names::unique(test, kafka::brokers(), milvus.uri.clone());
    kafka::create_topics(&[(&names.topic, 1), (&format!("{}.dead", names.topic), 1)]);
    names
}

fn items() -> [Field; 5] {
    let key = Field { primary: true, ..field("id", text(64)) };
    let optional = |name, ty| Field { nullable: true, ..field(name, ty) };
    [key, field("n", FieldType::Int64), optional("k", FieldType::Int64), optional("t", text(64)), field("v", vector(2))]
}

/// Writes what there is of the format, and runs a pipeline over it with the format for values and keys.
fn run(names: &Names, format: &str, of_keys: &str) {
    produce(format, &names.topic);
    let rest = format!(
        "[decode]\nformat = \"{format}\"\n\n[decode.key]\nformat = \"{format}\"\n{of_keys}\n[decode.registry]\n\
         urls = [\"{}\"]\n\n[dead_letter]\ntopic = \"{}.dead\"\n",
        registry(),
        names.topic
    );
    let ended = kiteline(&["run", names.file("", &rest).path(), "--until-end"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// Why records were rejected.
fn reasons(names: &Names) -> Vec<String> {
    let letters = kafka::read_all(&format!("{}.dead", names.topic));
    letters.iter().filter_map(|letter| Some(letter.header("__connect.errors.exception.message")?.to_string())).collect()
}

#[test]
fn json_schema_by_confluents_serializer_goes_into_milvus_and_its_schema_may_change() {
    let milvus = Milvus::lite();
    let names = names("json_schema", &milvus);
    milvus.create(&names.collection, &items());
    run(&names, "json-schema", "");
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!(rows.len(), 100);
    for n in 0..100 {
        let row = &rows[&format!("a{n}")];
        let title = if n < 50 { serde_json::Value::Null } else { format!("t{n}").into() };
        assert_eq!((&row["n"], &row["k"], &row["t"]), (&n.into(), &n.into(), &title), "{n}");
    }
    let reasons = reasons(&names);
    assert_eq!(reasons.len(), 3);
    assert_eq!(reasons[0], "the schema with id 2147483647 is not known to the registry");
    assert!(reasons[1].starts_with("its first byte is 0x7b where a frame starts with 0x00"), "{}", reasons[1]);
    assert_eq!(reasons[2], "its frame has 2 bytes where 5 are expected");
}

#[test]
fn avro_by_confluents_serializer_is_read_by_the_schema_of_each_record() {
    let milvus = Milvus::lite();
    let names = names("registry_avro", &milvus);
    let fields = [&items()[..], &[Field { nullable: true, ..field("place", FieldType::Json) }]].concat();
    milvus.create(&names.collection, &fields);
    run(&names, "avro", "field = \"k\"\n");
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!(rows.len(), 100);
    for n in 0..100 {
        let row = &rows[&format!("a{n}")];
        let title = if n % 3 == 0 { serde_json::Value::Null } else { format!("t{n}").into() };
        assert_eq!((&row["n"], &row["k"], &row["t"]), (&n.into(), &n.into(), &title), "{n}");
        assert_eq!(row["place"], serde_json::json!({"city": format!("c{n}"), "country": "DE"}), "{n}");
        assert_eq!(row["v"], serde_json::json!([f64::from(n), 0.5]), "{n}");
    }
    let reasons = reasons(&names);
    assert_eq!(reasons.len(), 3);
    assert!(reasons[0].ends_with(" is JSON Schema where Avro is expected"), "{}", reasons[0]);
    assert!(reasons[1].contains("Avro"), "{}", reasons[1]);
    assert_eq!(reasons[2], "the schema with id 2147483647 is not known to the registry");
}

#[test]
fn protobuf_by_confluents_serializer_is_read_with_its_imports_and_nested_messages() {
    let milvus = Milvus::lite();
    let names = names("registry_protobuf", &milvus);
    let optional = |name, ty| Field { nullable: true, ..field(name, ty) };
    let more = [optional("place", FieldType::Json), optional("at", text(64))];
    milvus.create(&names.collection, &[&items()[..], &more].concat());
    run(&names, "protobuf", "");
    let rows = milvus.rows(&names.collection, "id");
    assert_eq!(rows.len(), 100);
    for n in 0..100 {
        let row = &rows[&format!("a{n}")];
        let title = if n < 50 { serde_json::Value::Null } else { format!("t{n}").into() };
        assert_eq!((&row["n"], &row["k"], &row["t"]), (&(-n).into(), &n.into(), &title), "{n}");
        assert_eq!(row["place"], serde_json::json!({"city": format!("c{n}")}), "{n}");
        assert_eq!(row["at"], format!("1970-01-01T00:{:02}:{:02}Z", n / 60, n % 60), "{n}");
        assert_eq!(row["v"], serde_json::json!([f64::from(n), 0.5]), "{n}");
    }
    let reasons = reasons(&names);
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].ends_with(" is JSON Schema where Protobuf is expected"), "{}", reasons[0]);
    assert!(reasons[1].starts_with("not Protobuf of its schema: "), "{}", reasons[1]);
}

/// A registry that answers with that status; 200 has a schema.
fn registry_that_answers(status: &Arc<AtomicU16>, asked: &Arc<AtomicUsize>) -> String {
    use std::io::{Read, Write};
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (status, asked) = (Arc::clone(status), Arc::clone(asked));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            asked.fetch_add(1, Ordering::SeqCst);
            let (status, body) = (status.load(Ordering::SeqCst), r#"{"schema": "{}", "schemaType": "JSON"}"#);
            let length = body.len();
            let _ =
                write!(stream, "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        }
    });
    url
}

#[test]
fn an_outage_of_the_registry_is_waited_for_and_nothing_is_rejected() {
    let milvus = Milvus::lite();
    let names = names("registry_outage", &milvus);
    milvus.create(&names.collection, &items());
    let (status, asked) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicUsize::new(0)));
    let url = registry_that_answers(&status, &asked);
    let value =
        |id: u8, n: usize| [&[0, 0, 0, 0, id], format!(r#"{{"id": "{n}", "n": 1, "v": [1, 2]}}"#).as_bytes()].concat();
    let send = |id: u8, numbers: std::ops::Range<usize>| {
        let values: Vec<_> = numbers.map(|n| value(id, n)).collect();
        kafka::produce(&names.topic, values.iter().map(|value| ToSend { key: "", value: Some(value) }));
    };
    // Without a dead letter, a record that is rejected would end it.
    let rest =
        format!("[decode]\nformat = \"json-schema\"\n\n[decode.registry]\nurls = [\"{url}\"]\ntimeout = \"2s\"\n");
    let file = names.file("", &rest);
    let rows = || milvus.rows(&names.collection, "id").len();
    send(1, 0..10);
    let running = start(&["run", file.path()]);
    wait_until("the first rows are written", Duration::from_secs(60), || rows() == 10);

    status.store(503, Ordering::SeqCst);
    let before = asked.load(Ordering::SeqCst);
    send(1, 10..15);
    send(2, 15..20);
    wait_until("the registry is asked again", Duration::from_secs(60), || asked.load(Ordering::SeqCst) >= before + 4);
    assert!(running.log().contains("the schema registry does not answer"), "{}", running.log());
    // A stop in the outage leaves what waits to the next run.
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(kafka::committed(&names.group, &names.topic) <= 15);

    status.store(200, Ordering::SeqCst);
    let running = start(&["run", file.path()]);
    wait_until("the rows of the known schema are written", Duration::from_secs(60), || rows() == 20);
    status.store(503, Ordering::SeqCst);
    let before = asked.load(Ordering::SeqCst);
    send(3, 20..30);
    wait_until("the registry is asked again", Duration::from_secs(60), || asked.load(Ordering::SeqCst) >= before + 3);
    status.store(200, Ordering::SeqCst);
    wait_until("all rows are written", Duration::from_secs(60), || rows() == 30);
    running.terminate();
    let (code, log) = running.wait();
    assert_eq!((code, kafka::committed(&names.group, &names.topic)), (Some(0), 30), "{log}");
}

#[test]
fn a_topic_of_a_registry_becomes_a_collection_and_check_knows_its_schema() {
    for format in ["avro", "protobuf", "json-schema"] {
        let milvus = Milvus::lite();
        let names = names("init_registry", &milvus);
        produce(format, &names.topic);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p.toml");
        let file = path.to_str().expect("UTF-8");
        let (brokers, registry) = (kafka::brokers(), registry());
        let init = ["init", file, "--brokers", &brokers, "--topic", &names.topic, "--registry", &registry];
        let ended = kiteline(&[&init[..], &["--milvus", &milvus.uri]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let text = std::fs::read_to_string(&path).expect("written");
        assert!(text.contains(&format!("[decode]\nformat = \"{format}\"\n")), "{text}");

        let shown = kiteline(&["check", file]);
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        // The last records of the others are of another language, and so is their subjects' latest schema.
        let is_told = format == "json-schema";
        let told = format!("from field `n` of the record, int; by the schema {}-value an integer", names.topic);
        assert_eq!(shown.stdout.contains(&told), is_told, "{told} in\n{}", shown.stdout);

        let ended = kiteline(&["run", "--until-end", file]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let key = text.lines().find(|line| line.contains("primary_key = true")).expect("it has a key");
        let name = key.split('"').nth(1).expect("a name");
        assert_eq!(milvus.all_rows(&names.topic, (name, key.contains("VarChar"))).len(), 100, "{text}");
    }
}
