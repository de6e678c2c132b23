//! The registry against servers that answer what a test says; the real one is in the black-box tests.

mod auth;
mod stub;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::runtime::Runtime;

use self::stub::{Reply, Stub, ok, unknown};
use super::{Answer, Kind, Options, Reference, Registry, RegistryError, Schema, SchemaId, Wake};

const WAIT: Duration = Duration::from_secs(20);

struct Asking {
    registry: Registry,
    // Dropped last: the registry works on it.
    _runtime: Runtime,
}

fn options(urls: &[&str]) -> Options {
    let urls = urls.iter().map(|url| (*url).to_owned()).collect();
    Options { urls, timeout: Duration::from_secs(5), ..Options::default() }
}

fn connect(options: &Options) -> Result<Asking, RegistryError> {
    let runtime = Runtime::new().expect("a runtime");
    let registry = runtime.block_on(Registry::connect(options, runtime.handle()))?;
    Ok(Asking { registry, _runtime: runtime })
}

impl Asking {
    fn new(options: &Options) -> Self {
        connect(options).expect("a registry")
    }

    /// What the registry says in the end.
    fn answer(&self, id: SchemaId) -> Answer {
        let (tell, told) = mpsc::channel();
        let wake: Wake = Arc::new(move || {
            let _ = tell.send(());
        });
        loop {
            if let Some(answer) = self.registry.get(id, &wake) {
                return answer;
            }
            told.recv_timeout(WAIT).expect("it is told in time");
        }
    }

    fn schema(&self, id: u32) -> Arc<Schema> {
        match self.answer(SchemaId::Number(id)) {
            Answer::Schema(schema) => schema,
            Answer::Refused { why, .. } => panic!("{why}"),
        }
    }

    fn refusal(&self, id: SchemaId) -> String {
        match self.answer(id) {
            Answer::Schema(_) => panic!("a schema"),
            Answer::Refused { why, .. } => why.to_string(),
        }
    }
}

#[test]
fn a_schema_comes_with_all_that_it_refers_to_in_the_order_of_need() {
    let stub = Stub::start(|question| match question.line.as_str() {
        "GET /api/schemas/ids/7" => ok(r#"{"schemaType": "PROTOBUF", "schema": "root", "references": [
            {"name": "a.proto", "subject": "a b/c", "version": 2}, {"name": "base.proto", "subject": "base", "version": 1}]}"#),
        // The path is one segment, whatever is in the subject's name.
        "GET /api/subjects/a%20b%2Fc/versions/2" => ok(r#"{"schema": "a", "references": [
            {"name": "base.proto", "subject": "base", "version": 1}, {"name": "a.proto", "subject": "a", "version": 1}]}"#),
        "GET /api/subjects/base/versions/1" => ok(r#"{"schema": "base"}"#),
        _ => (404, "", String::new()),
    });
    let asking = Asking::new(&options(&[&format!("{}/api/", stub.url)]));
    let reference = |name: &str, text: &str| Reference { name: name.into(), text: text.into() };
    let expected = Schema {
        kind: Kind::Protobuf,
        text: "root".into(),
        references: vec![reference("base.proto", "base"), reference("a.proto", "a")],
    };
    assert_eq!(*asking.schema(7), expected);
    let asked = stub.lines().len();
    assert_eq!(*asking.schema(7), expected);
    assert_eq!(stub.lines().len(), asked, "what is known is not asked for again");
}

#[test]
fn the_latest_schema_of_a_subject_is_asked_for_by_its_name() {
    let stub = Stub::start(|question| match question.line.as_str() {
        "GET /subjects/items-value/versions/latest" => ok(r#"{"schema": "root", "schemaType": "JSON", "references": [
            {"name": "a", "subject": "a", "version": 2}]}"#),
        "GET /subjects/a/versions/2" => ok(r#"{"schema": "a"}"#),
        "GET /schemas/types" => ok("[]"),
        _ => unknown(),
    });
    let asking = Asking::new(&options(&[&stub.url]));
    let latest = |subject| asking._runtime.block_on(asking.registry.latest(subject));
    let schema = latest("items-value").expect("it answers").expect("there is one");
    assert_eq!((schema.kind, schema.text.as_str(), schema.references.len()), (Kind::Json, "root", 1));
    assert!(latest("other-value").expect("it answers").is_none());
}

#[test]
fn many_that_want_a_schema_at_once_make_one_question() {
    let (open, opened) = mpsc::channel::<()>();
    let stub = Stub::start(move |question| {
        if question.line.ends_with("ids/1") {
            opened.recv_timeout(WAIT).expect("opened");
        }
        ok(r#"{"schema": "\"string\""}"#)
    });
    let asking = Asking::new(&options(&[&stub.url]));
    let woken = Arc::new(AtomicUsize::new(0));
    let (tell, told) = mpsc::channel();
    for _ in 0..8 {
        let (woken, tell) = (Arc::clone(&woken), tell.clone());
        let wake: Wake = Arc::new(move || {
            woken.fetch_add(1, Ordering::SeqCst);
            let _ = tell.send(());
        });
        // Who asks again meanwhile is woken once all the same.
        assert!(asking.registry.get(SchemaId::Number(1), &wake).is_none());
        assert!(asking.registry.get(SchemaId::Number(1), &wake).is_none());
    }
    open.send(()).expect("it waits");
    (0..8).for_each(|_| told.recv_timeout(WAIT).expect("woken"));
    assert_eq!(asking.schema(1).kind, Kind::Avro);
    assert_eq!(stub.lines(), ["GET /schemas/types", "GET /schemas/ids/1"]);
    assert_eq!(woken.load(Ordering::SeqCst), 8);
}

#[test]
fn so_many_questions_are_under_way_and_the_others_wait_for_their_turn() {
    let (open, opened) = mpsc::channel::<()>();
    let stub = Stub::start(move |question| {
        if question.line.contains("/ids/") {
            opened.recv_timeout(WAIT).expect("opened");
        }
        ok(r#"{"schema": "\"string\""}"#)
    });
    let asking = Asking::new(&options(&[&stub.url]));
    let (tell, told) = mpsc::channel();
    let wake: Wake = Arc::new(move || {
        let _ = tell.send(());
    });
    let ask = || (0..40).filter(|id| asking.registry.get(SchemaId::Number(*id), &wake).is_none()).count();
    assert_eq!((ask(), ask()), (40, 40));
    (0..40).for_each(|_| open.send(()).expect("it waits"));
    (0..16).for_each(|_| told.recv_timeout(WAIT).expect("woken"));
    assert_eq!(stub.lines().len(), 1 + 16);
    assert_eq!(ask(), 40 - 16);
    (0..40).for_each(|id| assert_eq!(asking.schema(id).kind, Kind::Avro));
    assert_eq!(stub.lines().len(), 1 + 40);
}

#[test]
fn a_thousand_schemas_are_kept_those_that_were_wanted_last() {
    let stub = Stub::start(|_| ok(r#"{"schema": "\"string\""}"#));
    let asking = Asking::new(&options(&[&stub.url]));
    let wake: Wake = Arc::new(|| ());
    let is_known = |id| asking.registry.get(SchemaId::Number(id), &wake).is_some();
    (0..1000).for_each(|id| drop(asking.schema(id)));
    assert!(is_known(0), "it is wanted once more");
    asking.schema(1000);
    assert_eq!((is_known(0), is_known(2), is_known(1000)), (true, true, true));
    // Last, as it is asked for anew by that, and puts another one out.
    assert!(!is_known(1));
}

#[test]
fn what_there_is_not_is_refused_and_not_asked_for_again_at_once() {
    let stub = Stub::start(|question| if question.line.contains("types") { ok("[]") } else { unknown() });
    let asking = Asking::new(&options(&[&stub.url]));
    for _ in 0..3 {
        assert_eq!(asking.refusal(SchemaId::Number(9)), "is not known to the registry");
    }
    assert_eq!(stub.lines().len(), 2);
}

#[test]
fn a_registry_that_looks_nothing_up_by_guid_knows_none() {
    let stub =
        Stub::start(|question| if question.line.contains("types") { ok("[]") } else { (404, "", String::new()) });
    let asking = Asking::new(&options(&[&stub.url]));
    assert_eq!(asking.refusal(SchemaId::Guid([0xab; 16])), "is not known to the registry");
    assert_eq!(stub.lines()[1], "GET /schemas/guids/abababab-abab-abab-abab-abababababab");
}

#[test]
fn what_passes_is_waited_for_and_another_address_is_tried() {
    let mut failures = 3;
    let first =
        Stub::start(|question| if question.line.contains("types") { ok("[]") } else { (503, "", String::new()) });
    let second = Stub::start(move |_| {
        failures -= 1;
        match failures {
            2 => (429, "", String::new()),
            // What something else says in the registry's place is no schema.
            1 => ok("<html>"),
            _ => ok(r#"{"schema": "{}", "schemaType": "JSON"}"#),
        }
    });
    let nobody = "http://127.0.0.1:1";
    let asking = Asking::new(&options(&[nobody, &first.url, &second.url]));
    assert_eq!(asking.schema(3).kind, Kind::Json);
    assert_eq!(second.lines().len(), 3);
}

#[test]
fn answers_that_are_too_large_or_refer_to_too_much_are_the_schemas_fault() {
    let large = format!(r#"{{"schema": "{}"}}"#, "x".repeat(5 << 20));
    let stub = Stub::start(move |question| match question.line.rsplit('/').nth(1) {
        Some("ids") if question.line.ends_with("ids/1") => ok(&large),
        // Each of them is not too large, and all together are.
        Some("ids") if question.line.ends_with("ids/3") => {
            ok(r#"{"schema": "", "references": [{"name": "L0", "subject": "L0", "version": 1}]}"#)
        }
        Some("versions") if question.line.contains("/L") => {
            let number = question.line.split("/L").nth(1).and_then(|rest| rest.split('/').next()).expect("a number");
            let next = number.parse::<u32>().expect("a number") + 1;
            let text = "x".repeat(3 << 20);
            ok(&format!(
                r#"{{"schema": "{text}", "references": [{{"name": "L{next}", "subject": "L{next}", "version": 1}}]}}"#
            ))
        }
        Some("ids") => ok(r#"{"schema": "", "references": [{"name": "0", "subject": "0", "version": 1}]}"#),
        Some("versions") => {
            let number: u32 = question.line.split('/').nth(2).and_then(|name| name.parse().ok()).expect("a number");
            if question.line.contains("/2000/") {
                return unknown();
            }
            let next = number + 1;
            ok(&format!(r#"{{"schema": "", "references": [{{"name": "{next}", "subject": "{next}", "version": 1}}]}}"#))
        }
        _ => ok("[]"),
    });
    let asking = Asking::new(&options(&[&stub.url]));
    assert_eq!(asking.refusal(SchemaId::Number(1)), "has more than 4194304 bytes");
    assert_eq!(asking.refusal(SchemaId::Number(2)), "refers to more than 256 schemas");
    assert_eq!(asking.refusal(SchemaId::Number(3)), "has more than 16777216 bytes with what it refers to");
}

#[test]
fn a_schema_that_refers_to_what_is_gone_is_refused() {
    let stub = Stub::start(|question| match question.line.as_str() {
        "GET /schemas/ids/1" => ok(r#"{"schema": "", "references": [{"name": "x", "subject": "x", "version": 1}]}"#),
        "GET /subjects/x/versions/1" => (404, "", r#"{"error_code": 40402, "message": ""}"#.to_owned()),
        _ => ok("[]"),
    });
    assert_eq!(Asking::new(&options(&[&stub.url])).refusal(SchemaId::Number(1)), "refers to a schema that is gone");
}

#[test]
fn a_start_needs_a_registry_that_answers() {
    let failed = |reply: fn() -> Reply| {
        let stub = Stub::start(move |_| reply());
        connect(&options(&[&stub.url])).err().expect("no registry").to_string()
    };
    assert!(failed(|| (401, "", String::new())).contains("does not accept who asks (status 401)"));
    assert!(failed(|| (500, "", String::new())).contains("it answers with status 500"));
    let nobody = connect(&options(&["http://127.0.0.1:1"])).err().expect("no registry").to_string();
    assert!(nobody.starts_with("the schema registry: ") && nobody.contains("refused"), "{nobody}");
}
