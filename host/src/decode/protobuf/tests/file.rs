//! Schemas in files: what is found there, what is not, and messages by them with and without frames.

use std::path::Path;
use std::sync::Arc;

use prost_reflect::prost::Message as _;
use tempfile::TempDir;

use crate::batch::{Operation, Origin, Records};
use crate::decode::protobuf::MessageType;
use crate::decode::{Decoder, Framing, Plan};

const ITEM: &str = "syntax = \"proto3\"; package shop; import \"common/place.proto\"; \
    import \"google/protobuf/timestamp.proto\"; message Other { int32 a = 1; } \
    message Item { string id = 1; common.Place place = 2; message Part { int32 n = 1; } \
    google.protobuf.Timestamp at = 3; }";
const PLACE: &str = "syntax = \"proto3\"; package common; message Place { string city = 1; }";
/// `{"id": "a", "place": {"city": "b"}}`
const PAYLOAD: &[u8] = b"\x0a\x01a\x12\x03\x0a\x01b";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn items() -> TempDir {
    folder(&[("item.proto", ITEM), ("common/place.proto", PLACE)])
}

/// A set as protoc writes it, with or without imports.
fn set(folder: &Path, with_imports: bool) {
    let mut set = protox::compile(["item.proto"], [folder]).expect("it compiles");
    if !with_imports {
        set.file.retain(|file| file.name() == "item.proto");
    }
    std::fs::write(folder.join("items.pb"), set.encode_to_vec()).expect("written");
}

/// The fields of a record that is a message of that type, or why there are none.
fn decode(ty: MessageType, framing: Option<Framing>, payload: &[u8]) -> Result<String, String> {
    let mut decoder = Decoder::protobuf(Arc::new(ty), Plan::default());
    if let Some(framing) = framing {
        decoder = decoder.framed(framing, None);
    }
    let mut records = Records::default();
    let origin = Origin { topic: "items".into(), partition: 0, offset: 0 };
    records.push(origin, None, None, Some(payload), std::iter::empty());
    let decoded = decoder.decode(Arc::new(records), Operation::Upsert);
    if let Some(rejection) = decoded.rejected.first() {
        return Err(rejection.reason.clone());
    }
    let fields = decoded.batch.fields();
    let texts = fields.filter_map(|(name, _)| Some(format!("{name}={}", decoded.batch.read(name).json_text(0)?)));
    Ok(texts.collect::<Vec<_>>().join(" "))
}

#[test]
fn a_message_is_found_in_a_text_with_its_imports_and_in_a_set() {
    let folder = items();
    set(folder.path(), true);
    for name in ["item.proto", "items.pb"] {
        let ty = |message| MessageType::read(&folder.path().join(name), message).expect(name);
        let right = r#"id="a" place={"city":"b"}"#;
        assert_eq!(decode(ty("shop.Item"), None, PAYLOAD).as_deref(), Ok(right), "{name}");
        assert_eq!(decode(ty("shop.Item.Part"), None, b"\x08\x05").as_deref(), Ok("n=5"), "{name}");
        // Also one of a file that is imported.
        assert_eq!(decode(ty("common.Place"), None, b"\x0a\x01b").as_deref(), Ok("city=\"b\""), "{name}");
    }
}

#[test]
fn what_serializers_write_in_front_is_taken_off_and_another_message_is_refused() {
    let folder = items();
    let ty = || MessageType::read(&folder.path().join("item.proto"), "shop.Item").expect("it is there");
    let framed = |front: &[u8]| [front, PAYLOAD].concat();
    let right = Ok(r#"id="a" place={"city":"b"}"#.to_owned());
    // The second message of the file, as zigzag numbers: how many indexes, and the index.
    assert_eq!(decode(ty(), Some(Framing::Confluent), &framed(b"\0\0\0\0\x07\x02\x02")), right);
    let other = decode(ty(), Some(Framing::Confluent), &framed(b"\0\0\0\0\x07\0")).expect_err("the first one");
    assert!(other.contains("indexes of another message than the one of the pipeline file"), "{other}");
    let glue = [&[3, 0][..], &[7; 16], b"\x01"].concat();
    assert_eq!(decode(ty(), Some(Framing::Glue), &framed(&glue)), right);
}

#[test]
fn a_file_that_is_no_schema_is_refused_with_what_is_wrong() {
    let refused = |files: &[(&str, &str)], name: &str, message: &str| {
        let folder = folder(files);
        MessageType::read(&folder.path().join(name), message).expect_err("it is no schema").to_string()
    };
    let files = [("item.proto", ITEM), ("common/place.proto", PLACE)];
    assert!(refused(&[], "item.proto", "shop.Item").starts_with("cannot be read: "));
    assert_eq!(
        refused(&files, "item.proto", "Item"),
        "it has no message Item; it has common.Place, shop.Other, shop.Item"
    );
    assert_eq!(
        refused(&files[..1], "item.proto", "shop.Item"),
        "not a .proto file: item.proto:1:34: import 'common/place.proto' not found"
    );
    let outside = "syntax = \"proto3\"; import \"../a.proto\"; message M {}";
    let wrong = refused(&[("in/b.proto", outside), ("a.proto", PLACE)], "in/b.proto", "M");
    assert!(wrong.starts_with("not a .proto file: b.proto:1:"), "{wrong}");
    let wrong = refused(&[("a.proto", "syntax = \"proto3\";\nmessage A { strin x; }")], "a.proto", "A");
    assert!(wrong.starts_with("not a .proto file: a.proto:2:"), "{wrong}");
    let wrong = refused(&[("a.pb", "no set")], "a.pb", "A");
    assert!(wrong.starts_with("not a descriptor set with all imports: "), "{wrong}");
}

#[test]
fn a_set_without_its_imports_is_refused() {
    let folder = items();
    set(folder.path(), false);
    let refused = MessageType::read(&folder.path().join("items.pb"), "shop.Item").expect_err("it lacks a file");
    let right = "not a descriptor set with all imports: import 'common/place.proto' not found";
    assert_eq!(refused.to_string(), right);
}

#[test]
fn what_a_schema_imports_is_bounded() {
    let import = |number: usize| format!("syntax = \"proto3\"; import \"{}.proto\"; message M {{}}", number + 1);
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: usize, text: &str| std::fs::write(folder.path().join(format!("{name}.proto")), text);
    let refused = || MessageType::read(&folder.path().join("0.proto"), "M").expect_err("too much").to_string();
    for number in 0..257 {
        write(number, &import(number)).expect("written");
    }
    assert!(refused().ends_with("more than 256 files import each other"), "{}", refused());

    write(1, &format!("syntax = \"proto3\"; // {}", " ".repeat(4 << 20))).expect("written");
    assert!(refused().ends_with("1.proto: a Protobuf schema of more than 4 MiB"), "{}", refused());
    write(1, &"message M {".repeat(10_000)).expect("written");
    assert!(refused().ends_with("1.proto has more than 100 levels of braces"), "{}", refused());
}
