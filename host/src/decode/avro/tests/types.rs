//! What becomes of each type of Avro in each type of column.

use super::*;
use crate::batch::{Element, VectorType};

const FLOATS: Type = Type::Vector(VectorType::Float);

fn zigzag(number: i64) -> Vec<u8> {
    let mut bits = ((number << 1) ^ (number >> 63)) as u64;
    let mut bytes = Vec::new();
    while bits >= 0x80 {
        bytes.push(bits as u8 | 0x80);
        bits >>= 7;
    }
    bytes.push(bits as u8);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [zigzag(text.len() as i64), text.as_bytes().to_vec()].concat()
}

fn array(items: &[Vec<u8>]) -> Vec<u8> {
    if items.is_empty() {
        return vec![0];
    }
    [zigzag(items.len() as i64), items.concat(), vec![0]].concat()
}

fn doubles(numbers: &[f64]) -> Vec<u8> {
    array(&numbers.iter().map(|number| number.to_le_bytes().to_vec()).collect::<Vec<_>>())
}

/// The value of the field `f` in a column of that type, or in parentheses as JSON beside it.
fn read(ty: &str, payload: &[u8], column: Option<Type>) -> String {
    let fields: Vec<_> = column.map(|ty| ("f", ty, Settled::Target)).into_iter().collect();
    let Decoded { batch, rejected } = decode(&mut Decoder::avro(of_field(ty), plan(&fields)), &[payload]);
    if let Some(rejection) = rejected.first() {
        return rejection.reason.clone();
    }
    let field = batch.column("f").expect("it is there");
    let text = batch.read("f").json_text(0).map_or("-".to_owned(), Into::into);
    match field.other(0) {
        Some(other) => format!("({other})"),
        None if column.is_none() => format!("{}: {text}", field.ty().name()),
        None => text,
    }
}

#[test]
fn a_field_that_nobody_settled_is_what_its_schema_says() {
    for (ty, payload, right) in [
        (r#""boolean""#, vec![1], "bool: true"),
        (r#""int""#, zigzag(-3), "int: -3"),
        (r#""float""#, 0.1f32.to_le_bytes().to_vec(), "float32: 0.1"),
        (r#""double""#, 0.1f64.to_le_bytes().to_vec(), "float64: 0.1"),
        (r#""string""#, text("é"), "text: \"é\""),
        (r#""bytes""#, text("a"), "bytes: \"YQ==\""),
        (r#"["null", "long"]"#, [zigzag(1), zigzag(7)].concat(), "int: 7"),
        (r#"["null", "long"]"#, zigzag(0), "json: -"),
        (r#"{"type": "array", "items": "float"}"#, array(&[]), "float32[]: []"),
        (r#"{"type": "array", "items": ["null", "long"]}"#, array(&[[zigzag(1), zigzag(7)].concat()]), "int[]: [7]"),
        (
            r#"{"type": "array", "items": {"type": "array", "items": "int"}}"#,
            array(&[array(&[zigzag(1)])]),
            "json: [[1]]",
        ),
        (r#"{"type": "map", "values": "boolean"}"#, array(&[[text("a"), vec![1]].concat()]), "json: {\"a\":true}"),
        (r#"{"type": "int", "logicalType": "date"}"#, zigzag(20_484), "int: 20484"),
        (
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}"#,
            text("\x01\x02"),
            "text: \"2.58\"",
        ),
    ] {
        assert_eq!(read(ty, &payload, None), right, "{ty}");
    }
}

#[test]
fn vectors_come_from_arrays_bytes_and_texts() {
    let floats = r#"{"type": "array", "items": "float"}"#;
    let payload = array(&[0.5f32, -1.0].map(|number| number.to_le_bytes().to_vec()));
    assert_eq!(read(floats, &payload, Some(FLOATS)), "[0.5,-1.0]");
    let sized = [zigzag(-1), zigzag(4), 0.5f32.to_le_bytes().to_vec(), payload].concat();
    assert_eq!(read(floats, &sized, Some(FLOATS)), "[0.5,0.5,-1.0]", "blocks follow each other");

    let double = r#"{"type": "array", "items": "double"}"#;
    assert_eq!(read(double, &doubles(&[0.1, 16_777_217.0]), Some(FLOATS)), "[0.1,16777216.0]", "rounded once");
    assert_eq!(read(double, &doubles(&[0.5, 1e39]), Some(FLOATS)), "([0.5,1e39])");
    assert_eq!(read(double, &doubles(&[f64::INFINITY]), Some(FLOATS)), "[null]", "validation refuses it");

    let bytes = [zigzag(8), 0.5f32.to_le_bytes().to_vec(), 2f32.to_le_bytes().to_vec()].concat();
    assert_eq!(read(r#""bytes""#, &bytes, Some(FLOATS)), "[0.5,2.0]");
    assert_eq!(read(r#""bytes""#, &text("abc"), Some(FLOATS)), "(\"YWJj\")");
    let fixed = r#"{"type": "fixed", "name": "F", "size": 4}"#;
    assert_eq!(read(fixed, &0.5f32.to_le_bytes(), Some(FLOATS)), "[0.5]");
    assert_eq!(read(r#""string""#, &text("[1, 2.5]"), Some(FLOATS)), "[1.0,2.5]");
    assert_eq!(read(r#""string""#, &text("[1, 2.5"), Some(FLOATS)), "(\"[1, 2.5\")");
    assert_eq!(read(r#""string""#, &text("AACAPwAAIMA="), Some(FLOATS)), "[1.0,-2.5]");
    assert_eq!(read(r#""string""#, &text("AACAPw"), Some(FLOATS)), "(\"AACAPw\")");
    let items = r#"{"type": "array", "items": ["null", "long", "double"]}"#;
    let payload = array(&[[zigzag(1), zigzag(3)].concat(), [zigzag(2), 0.5f64.to_le_bytes().to_vec()].concat()]);
    assert_eq!(read(items, &payload, Some(FLOATS)), "[3.0,0.5]");
    assert_eq!(read(items, &array(&[zigzag(0)]), Some(FLOATS)), "([null])");
}

#[test]
fn vectors_in_fewer_bits_and_sparse_ones() {
    let vector = |ty| Some(Type::Vector(ty));
    let floats = r#"{"type": "array", "items": "double"}"#;
    assert_eq!(read(floats, &doubles(&[0.5, 65504.0]), vector(VectorType::Float16)), "[0.5,65504.0]");
    assert_eq!(read(floats, &doubles(&[65520.0]), vector(VectorType::Float16)), "([65520.0])");
    assert_eq!(read(floats, &doubles(&[0.5, 1e30]), vector(VectorType::BFloat16)), "[0.5,1.00025555e30]");
    assert_eq!(read(r#""bytes""#, &[zigzag(2), vec![0, 0x38]].concat(), vector(VectorType::Float16)), "[0.5]");
    assert_eq!(read(r#""bytes""#, &text("abc"), vector(VectorType::Float16)), "(\"YWJj\")");
    let once = [1.000_488_281_25 + 1e-12];
    assert_eq!(read(floats, &doubles(&once), vector(VectorType::Float16)), "[1.0009766]", "rounded once");
    for in_text in ["[1, -2.5]", "ADwAwQ=="] {
        assert_eq!(read(r#""string""#, &text(in_text), vector(VectorType::Float16)), "[1.0,-2.5]", "{in_text}");
    }
    let ints = r#"{"type": "array", "items": "int"}"#;
    assert_eq!(read(ints, &array(&[zigzag(-128), zigzag(127)]), vector(VectorType::Int8)), "[-128,127]");
    assert_eq!(read(ints, &array(&[zigzag(128)]), vector(VectorType::Int8)), "([128])");
    assert_eq!(read(ints, &array(&[zigzag(255)]), vector(VectorType::Binary)), "[255]");
    assert_eq!(read(r#""bytes""#, &text("ab"), vector(VectorType::Binary)), "[97,98]");
    let lists = r#"{"indices": [17, 3], "values": [1, 0.5]}"#;
    assert_eq!(read(r#""string""#, &text(lists), vector(VectorType::SparseFloat)), "{\"3\":0.5,\"17\":1.0}");
    let map = r#"{"type": "map", "values": "float"}"#;
    let half = 0.5f32.to_le_bytes().to_vec();
    let pairs = array(&[[text("17"), half.clone()].concat(), [text("3"), half.clone()].concat()]);
    assert_eq!(read(map, &pairs, vector(VectorType::SparseFloat)), "{\"3\":0.5,\"17\":0.5}");
    assert_eq!(read(map, &array(&[[text("x"), half].concat()]), vector(VectorType::SparseFloat)), "({\"x\":0.5})");
}

#[test]
fn dates_times_and_decimals_are_numbers_or_texts_as_the_column_wants() {
    let date = r#"{"type": "int", "logicalType": "date"}"#;
    assert_eq!(read(date, &zigzag(20_484), Some(Type::Text)), "\"2026-01-31\"");
    assert_eq!(read(date, &zigzag(i64::from(i32::MAX)), Some(Type::Text)), "(2147483647)");
    let at = |unit| format!(r#"{{"type": "long", "logicalType": "{unit}"}}"#);
    assert_eq!(read(&at("timestamp-millis"), &zigzag(1), Some(Type::Text)), "\"1970-01-01T00:00:00.001Z\"");
    assert_eq!(read(&at("timestamp-nanos"), &zigzag(1), Some(Type::Int)), "1");
    assert_eq!(read(&at("local-timestamp-micros"), &zigzag(1), Some(Type::Text)), "\"1970-01-01T00:00:00.000001\"");
    assert_eq!(read(&at("time-micros"), &zigzag(1), Some(Type::Text)), "\"00:00:00.000001\"");
    assert_eq!(read(&at("time-millis"), &zigzag(1), Some(Type::Text)), "(1)", "which is for an int only");

    let decimal = r#"{"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 2}"#;
    let price = |number: i128| [zigzag(16), number.to_be_bytes().to_vec()].concat();
    assert_eq!(read(decimal, &price(-1250), Some(Type::Text)), "\"-12.50\"");
    assert_eq!(read(decimal, &price(-1250), Some(Type::Float64)), "-12.5");
    assert_eq!(read(decimal, &price(10), Some(Type::Float32)), "0.1");
    assert_eq!(read(decimal, &price(-1200), Some(Type::Int)), "-12");
    assert_eq!(read(decimal, &price(-1250), Some(Type::Int)), "(\"-12.50\")");
    assert_eq!(read(decimal, &price(i128::from(i64::MAX) * 200), Some(Type::Int)), "(\"18446744073709551614.00\")");
    assert_eq!(read(decimal, &text("\u{1}"), Some(Type::Bytes)), "\"AQ==\"");
    assert_eq!(read(decimal, &text(""), None), "not Avro of its schema: a decimal without bytes at byte 1");

    let uuid = r#"{"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}"#;
    assert_eq!(read(uuid, &[0x11; 16], None), "text: \"11111111-1111-1111-1111-111111111111\"");
    let duration = r#"{"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"}"#;
    assert_eq!(read(duration, &[1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0], None), "text: \"P1M2DT0.004S\"");
}

#[test]
fn numbers_are_exact_or_kept_beside() {
    let long = |number, column| read(r#""long""#, &zigzag(number), Some(column));
    assert_eq!(long(i64::MAX, Type::Int), "9223372036854775807");
    assert_eq!(long(7, Type::Text), "(7)");
    assert_eq!(long(7, Type::Float32), "7.0");
    let double = |number: f64, column| read(r#""double""#, &number.to_le_bytes(), Some(column));
    assert_eq!(double(1.0, Type::Int), "(1.0)");
    assert_eq!(double(1e39, Type::Float32), "(1e39)");
    assert_eq!(double(f64::NAN, Type::Float32), "null", "validation refuses it");
    assert_eq!(
        double(f64::NAN, Type::Text),
        "field f: NaN or an infinity, which neither its column nor JSON can hold, at byte 0"
    );
    // In a column of nobody's type no integer is rounded.
    let union = of_field(r#"["double", "long"]"#);
    let payloads = [[zigzag(0), 0.5f64.to_le_bytes().to_vec()].concat(), [zigzag(1), zigzag((1 << 53) + 1)].concat()];
    let Decoded { batch, .. } = decode(&mut Decoder::avro(union, Plan::default()), &payloads);
    assert_eq!(batch.column("f").and_then(|column| column.other(1)), Some("9007199254740993"));
}

#[test]
fn a_value_of_another_type_than_the_declared_one_is_refused_by_name() {
    let declared = |ty| plan(&[("f", ty, Settled::Declared)]);
    let of = |ty: &str, column, payload: &[u8]| reason(&of_field(ty), declared(column), payload);
    assert_eq!(of(r#""long""#, Type::Text, &zigzag(7)), "field f: an integer where text is declared, at byte 0");
    assert_eq!(
        of(r#"{"type": "array", "items": "double"}"#, FLOATS, &doubles(&[0.5, 1e39])),
        "field f: an array with a number beyond 32-bit floats where float-vector is declared, at byte 9"
    );
    assert_eq!(
        of(r#"{"type": "array", "items": "string"}"#, Type::Array(Element::Int), &array(&[text("x")])),
        "field f: an array with a text where int[] is declared, at byte 1"
    );
}

#[test]
fn a_union_of_records_and_a_key_of_any_type_become_fields() {
    let both = schema(
        r#"[{"type": "record", "name": "A", "fields": [{"name": "a", "type": "int"}]},
            {"type": "record", "name": "B", "fields": [{"name": "b", "type": "int"}]}, "null"]"#,
    );
    let payloads = [[zigzag(1), zigzag(7)].concat(), [zigzag(0), zigzag(8)].concat(), zigzag(2)];
    let Decoded { batch, rejected } = decode(&mut Decoder::avro(Arc::clone(&both), Plan::default()), &payloads);
    assert_eq!((row(&batch, 0).to_string(), row(&batch, 1).to_string()), (r#"{"b":7}"#.into(), r#"{"a":8}"#.into()));
    assert_eq!(rejected[0].reason, "null where an object is expected, at byte 1");
    let Decoded { batch, .. } = decode(&mut Decoder::avro(schema(r#""long""#), Plan::default()), &[zigzag(1)]);
    assert_eq!(batch.rows(), 0);
}
