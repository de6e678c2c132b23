//! Texts of schemas, and what is wrong with them.

use super::*;

fn wrong(text: &str) -> String {
    Schema::parse(text, &[]).expect_err(text).to_string()
}

fn root(text: &str) -> Type {
    let schema = Schema::parse(text, &[]).expect(text);
    schema.get(schema.root()).clone()
}

#[test]
fn says_what_is_wrong_and_where() {
    for (text, right) in [
        ("{", "not an Avro schema, as it is not JSON: EOF while parsing an object at line 1 column 1"),
        ("7", "not an Avro schema: a type is a name, an object or a list of branches"),
        (r#""strin""#, r#"not an Avro schema: no type before this one is named "strin""#),
        (r#"{"type": "array"}"#, "not an Avro schema: an object without `items`"),
        (r#"{"type": "array", "items": [["null"]]}"#, "not an Avro schema: a union right within a union, at /items"),
        (r#"{"type": "fixed", "name": "F", "size": -1}"#, "not an Avro schema: a fixed type without a `size` in bytes"),
        (r#"{"type": "enum", "symbols": []}"#, "not an Avro schema: a record, an enum or a fixed type without `name`"),
        (
            r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "x.Y"}]}"#,
            r#"not an Avro schema: no type before this one is named "x.Y", at /fields/1/type"#,
        ),
        (
            r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "int"}]}"#,
            "not an Avro schema: a second field of the same name, at /fields/1",
        ),
        (
            r#"["int", {"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 1}]"#,
            r#"not an Avro schema: a second type named "F", at /2"#,
        ),
    ] {
        assert_eq!(wrong(text), right);
    }
}

#[test]
fn names_are_found_by_namespace() {
    let within = |inner: &str| {
        format!(
            r#"{{"type": "record", "name": "a.b.R", "fields": [
                {{"name": "f", "type": {{"type": "fixed", "name": "F", "size": 2}}}}, {{"name": "g", "type": {inner}}}]}}"#
        )
    };
    for name in [r#""F""#, r#""a.b.F""#, r#"{"type": "F"}"#, r#"{"type": {"type": "F"}}"#] {
        root(&within(name));
    }
    assert!(wrong(&within(r#""a.F""#)).contains("is named \"a.F\""));
    let outer = r#"{"type": "record", "name": "R", "namespace": "n", "fields": [{"name": "f", "type": "m.F"}]}"#;
    let reference = r#"{"type": "fixed", "name": "F", "namespace": "m", "size": 2}"#;
    assert!(Schema::parse(outer, &[]).is_err());
    assert!(Schema::parse(outer, &[reference]).is_ok());
}

#[test]
fn a_logical_type_that_avro_does_not_define_is_left_out() {
    let of = |base: &str, more: &str| root(&format!(r#"{{"type": {base}, {more}}}"#));
    assert_eq!(of(r#""int""#, r#""logicalType": "date""#), Type::Date);
    assert_eq!(of(r#""long""#, r#""logicalType": "date""#), Type::Long);
    assert_eq!(of(r#""int""#, r#""logicalType": "my-type""#), Type::Int);
    let decimal = |more: &str| of(r#""bytes""#, &format!(r#""logicalType": "decimal"{more}"#));
    assert_eq!(decimal(r#", "precision": 4"#), Type::Decimal { size: None, scale: 0 });
    for more in ["", r#", "precision": 0"#, r#", "precision": 4, "scale": 5"#, r#", "precision": 1001"#] {
        assert_eq!(decimal(more), Type::Bytes, "{more}");
    }
    let fixed = |precision: u8| {
        of(r#""fixed""#, &format!(r#""name": "F", "size": 8, "logicalType": "decimal", "precision": {precision}"#))
    };
    assert_eq!((fixed(18), fixed(19)), (Type::Decimal { size: Some(8), scale: 0 }, Type::Fixed(8)));
}

#[test]
fn schemas_have_an_end() {
    let fields = |count: usize| {
        let fields = (0..count).map(|n| format!(r#"{{"name": "f{n}", "type": "int"}}"#)).collect::<Vec<_>>();
        format!(r#"{{"type": "record", "name": "R", "fields": [{}]}}"#, fields.join(","))
    };
    assert!(Schema::parse(&fields(1024), &[]).is_ok());
    assert_eq!(wrong(&fields(1025)), "not an Avro schema: a record of more than 1,024 fields");
    assert_eq!(wrong(&fields(1_000_000)), "an Avro schema of more than 1,048,576 bytes");
    let nested = format!("{}\"int\"{}", r#"{"type": "array", "items": "#.repeat(200), "}".repeat(200));
    assert!(wrong(&nested).contains("recursion limit exceeded"), "{}", wrong(&nested));
    let long =
        format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "{}", "type": "int"}}]}}"#, "n".repeat(1025));
    assert_eq!(wrong(&long), "not an Avro schema: a field name of more than 1,024 bytes");
}
