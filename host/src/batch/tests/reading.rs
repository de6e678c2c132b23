//! What each reading function gives for each type of column: the values of its own type, and none for every other.

use super::*;

const VECTOR: Type = Type::Vector(VectorType::Float);

fn texts(batch: &Batch, field: &str) -> Vec<Option<String>> {
    batch.read(field).texts().iter().map(|text| text.map(str::to_owned)).collect()
}

fn some_texts(texts: &[Option<&str>]) -> Vec<Option<String>> {
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}

fn integers(batch: &Batch, field: &str) -> Vec<Option<i64>> {
    batch.read(field).ints().iter().collect()
}

fn floats(batch: &Batch, field: &str) -> Vec<Option<f64>> {
    batch.read(field).floats().iter().collect()
}

fn bools(batch: &Batch, field: &str) -> Vec<Option<bool>> {
    batch.read(field).bools().iter().collect()
}

#[test]
fn scalars_are_read_from_their_own_column_and_from_beside_others() {
    let values = ["\"a\"", "1", "2.5", "true", "", "null", "[\"b\"]", "9007199254740993"];
    for ty in [Type::Text, Type::Int, Type::Bool, Type::Json, Type::Float64, Type::Bytes, VECTOR] {
        let batch = column(ty, &values);
        let own = |row: usize| batch.column("f").expect("the field").other(row).is_none();
        assert_eq!(texts(&batch, "f"), some_texts(&[Some("a"), None, None, None, None, None, None, None]), "{ty:?}");
        assert_eq!(bools(&batch, "f"), [None, None, None, Some(true), None, None, None, None], "{ty:?}");
        let number = |row: usize, value| Some(value).filter(|_| ty != Type::Float64 || !own(row));
        assert_eq!(
            integers(&batch, "f"),
            [None, number(1, 1), None, None, None, None, None, number(7, 9_007_199_254_740_993)],
            "{ty:?}"
        );
        // What the type of a field has rounded, is rounded; else no integer is.
        let long = Some(9_007_199_254_740_992.0).filter(|_| ty == Type::Float64);
        assert_eq!(floats(&batch, "f"), [None, Some(1.0), Some(2.5), None, None, None, None, long], "{ty:?}");
    }
}

#[test]
fn floats_of_32_bits_are_widened() {
    let batch = column(Type::Float32, &["0.1", "1e39", "\"a\"", "3"]);
    assert_eq!(floats(&batch, "f"), [Some(f64::from(0.1f32)), Some(1e39), None, Some(3.0)]);
    assert_eq!(integers(&batch, "f"), [None; 4], "the column has floats");
}

#[test]
fn an_integer_beyond_64_bits_is_no_integer() {
    let batch = column(Type::Json, &["9223372036854775807", "9223372036854775808", "1.0"]);
    assert_eq!(integers(&batch, "f"), [Some(i64::MAX), None, None]);
    assert_eq!(floats(&batch, "f"), [None, Some(9_223_372_036_854_775_808.0), Some(1.0)]);
}

#[test]
fn bytes_are_read_from_a_column_of_bytes_only() {
    let batch = column(Type::Bytes, &["\"YWI=\"", "\"no base64\"", ""]);
    assert_eq!(batch.read("f").bytes().iter().collect::<Vec<_>>(), [Some(&b"ab"[..]), None, None]);
    let batch = column(Type::Text, &["\"YWI=\""]);
    assert_eq!(batch.read("f").bytes().iter().collect::<Vec<_>>(), [None]);
}

#[test]
fn a_field_that_is_not_there_reads_as_nothing() {
    let batch = column(Type::Int, &["1", "2"]);
    for name in ["x", "", "/", "/x/y", "/f/a", "f/a"] {
        let reading = batch.read(name);
        assert_eq!(reading.rows(), 2, "{name}");
        assert_eq!(texts(&batch, name), [None, None], "{name}");
        assert_eq!(integers(&batch, name), [None, None], "{name}");
        assert_eq!(show(&batch, name), "- -", "{name}");
        assert_eq!((reading.ty(), reading.dims(), reading.lengths()), (None, vec![-1, -1], vec![-1, -1]), "{name}");
        assert!(reading.vectors().is_empty() && reading.vector_bytes().is_empty() && reading.sparse().0.is_empty());
    }
}

#[test]
fn a_pointer_reads_inside_nested_json() {
    let payloads = [
        r#"{"meta":{"arch":"amd64","n":[1,{"x":2.5}],"ok":true}}"#,
        r#"{"meta":{"arch":7,"n":null}}"#,
        r#"{"meta":"amd64"}"#,
        r#"{"meta":null}"#,
        r#"{}"#,
        r#"{"meta":{"arch":"a","arch":"last"}}"#,
    ];
    let batch = batch(&[("meta", Type::Json)], &payloads);
    let none = None;
    assert_eq!(texts(&batch, "/meta/arch"), some_texts(&[Some("amd64"), none, none, none, none, Some("last")]));
    assert_eq!(integers(&batch, "/meta/arch"), [None, Some(7), None, None, None, None]);
    assert_eq!(floats(&batch, "/meta/n/1/x")[0], Some(2.5));
    assert_eq!(bools(&batch, "/meta/ok")[0], Some(true));
    assert_eq!(show(&batch, "/meta/n"), r#"[1,{"x":2.5}] - - - - -"#);
    assert_eq!(batch.read("/meta/arch").ty(), None);
    assert_eq!(batch.read("/meta/n").lengths(), [-1; 6], "an array inside JSON reads as JSON text only");
}

#[test]
fn a_pointer_reads_inside_values_beside_a_column() {
    let batch = column(Type::Int, &["1", r#"{"a":"b"}"#]);
    assert_eq!(texts(&batch, "/f/a"), some_texts(&[None, Some("b")]));
}

#[test]
fn a_field_of_the_very_name_goes_before_a_pointer() {
    let batch = batch(&[], &[r#"{"/a/b":1,"a":{"b":2},"x/y~z":{"b":3}}"#]);
    assert_eq!(integers(&batch, "/a/b"), [Some(1)]);
    assert_eq!(integers(&batch, "/x~1y~0z/b"), [Some(3)]);
}

#[test]
fn any_value_reads_as_json_text() {
    let text = |ty, value: &str| show(&column(ty, &[value, ""]), "f").trim_end_matches(" -").to_owned();
    assert_eq!(text(Type::Int, "-9223372036854775808"), "-9223372036854775808");
    assert_eq!(text(Type::Float32, "0.1"), "0.1");
    assert_eq!(text(Type::Float64, "1e-7"), "1e-7");
    assert_eq!(text(Type::Text, r#""\u0041\"\n""#), r#""A\"\n""#);
    assert_eq!(text(Type::Bytes, "\"YWI=\""), "\"YWI=\"");
    assert_eq!(text(Type::Json, "{ \"a\" : 1 }"), "{ \"a\" : 1 }");
    assert_eq!(text(Type::Array(Element::Text), r#"["a"]"#), r#"["a"]"#);
    assert_eq!(text(VECTOR, "[0.1,1]"), "[0.1,1.0]");
    assert_eq!(text(VECTOR, "\"other\""), "\"other\"");
    assert_eq!(
        column(VECTOR, &["[1]", "\"a\""]).read("f").json_texts().iter().flatten().collect::<Vec<_>>(),
        ["[1.0]", "\"a\""]
    );
}

#[test]
fn numbers_that_json_does_not_have_read_as_null() {
    let halves: Vec<u8> =
        [half::f16::NAN, half::f16::INFINITY, half::f16::ONE].iter().flat_map(|n| n.to_le_bytes()).collect();
    let mut batch = column(Type::Int, &["1"]);
    batch.set("half", Column::vector_bytes(VectorType::Float16, vec![&halves[..]].into()));
    batch.set("float", Column::floats(vec![f64::NAN].into()));
    assert_eq!((show(&batch, "half"), show(&batch, "float")), ("[null,null,1.0]".into(), "null".into()));
}

#[test]
fn arrays_have_lengths_and_elements() {
    let batch = column(Type::Array(Element::Int), &["[1,2]", "[]", "", "\"a\"", "[3]"]);
    let reading = batch.read("f");
    assert_eq!(reading.lengths(), [2, 0, -1, -1, 1]);
    assert!(reading.elements(&[Element::Int]).is_some() && reading.elements(&[Element::Text]).is_none());
    assert_eq!(column(VECTOR, &["[1]"]).read("f").lengths(), [-1], "a vector is no array");
}

#[test]
fn vectors_have_dimensions_and_numbers_whatever_they_are_kept_in() {
    let read = |ty, values: &[&str]| {
        let batch = column(ty, values);
        (batch.read("f").dims(), batch.read("f").vectors())
    };
    let rows = ["[1,2]", "", "\"a\"", "[]", "[3]"];
    for ty in [VectorType::Float, VectorType::Float16, VectorType::BFloat16, VectorType::Int8] {
        assert_eq!(read(Type::Vector(ty), &rows), (vec![2, -1, -1, 0, 1], vec![1.0, 2.0, 3.0]), "{ty:?}");
    }
    for element in [Element::Float32, Element::Float64] {
        assert_eq!(read(Type::Array(element), &rows), (vec![2, -1, -1, 0, 1], vec![1.0, 2.0, 3.0]), "{element:?}");
    }
    assert_eq!(read(Type::Vector(VectorType::Binary), &["[255,1]", ""]), (vec![16, -1], vec![]));
    assert_eq!(read(Type::Text, &["\"[1]\""]), (vec![-1], vec![]));
}

#[test]
fn vectors_read_as_the_bytes_that_milvus_takes() {
    let bytes = |ty, values: &[&str]| column(Type::Vector(ty), values).read("f").vector_bytes();
    assert_eq!(bytes(VectorType::Float, &["[1]", "", "[-2]"]), [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    assert_eq!(bytes(VectorType::Float16, &["[1]", "[2]"]), [0, 0x3c, 0, 0x40]);
    assert_eq!(bytes(VectorType::BFloat16, &["[1]"]), [0x80, 0x3f]);
    assert_eq!(bytes(VectorType::Int8, &["[-1,1]"]), [0xff, 1]);
    assert_eq!(bytes(VectorType::Binary, &["[129]", "\"a\"", "[7]"]), [129, 7]);
    assert_eq!(bytes(VectorType::SparseFloat, &["{\"1\":1}"]), [0; 0]);
}

#[test]
fn sparse_vectors_have_pairs() {
    let batch = column(Type::Vector(VectorType::SparseFloat), &["{\"1\":0.5}", "", "{}", "{\"9\":2,\"3\":1}"]);
    assert_eq!(batch.read("f").dims(), [1, -1, 0, 2]);
    assert_eq!(batch.read("f").sparse(), (vec![1, 3, 9], vec![0.5, 1.0, 2.0]));
    assert_eq!(batch.slice(1, 3).read("f").sparse(), (vec![3, 9], vec![1.0, 2.0]));
}

#[test]
fn only_the_rows_of_a_slice_are_read() {
    let batch = column(VECTOR, &["[1]", "[2,3]", "\"a\"", "[4]"]).slice(1, 2);
    assert_eq!((batch.read("f").dims(), batch.read("f").vectors()), (vec![2, -1], vec![2.0, 3.0]));
    assert_eq!(texts(&batch, "f"), some_texts(&[None, Some("a")]));
    let batch = column(Type::Vector(VectorType::Int8), &["[1]", "[2,3]", "[4]"]).slice(1, 1);
    assert_eq!((batch.read("f").vectors(), batch.read("f").vector_bytes()), (vec![2.0, 3.0], vec![2, 3]));
}
