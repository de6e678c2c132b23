//! What is tried of each type: records, and what is to be read back of them.

use kiteline::batch::VectorType;
use kiteline::sink::{DefaultValue, Schema};
use kiteline::target::{Collection, Field, FieldType};
use serde_json::{Value, json};

use super::servers::base;
use crate::support::collection::{field, text};

/// A type, or something else that a field can be.
pub(super) struct Case {
    /// The name of its field.
    pub(super) name: &'static str,
    /// Its row in the table.
    pub(super) title: &'static str,
    fields: Vec<Field>,
    default: Option<DefaultValue>,
    dynamic: bool,
    /// True where rows can only be inserted.
    pub(super) insert: bool,
    /// Records without key and vector, and what is read back of each.
    pub(super) rows: Vec<(Value, Value)>,
    pub(super) lite: Tried,
    pub(super) real: Tried,
    /// The recorded requests that have it, or why none has.
    pub(super) recorded: Result<&'static str, &'static str>,
}

/// Whether a case is tried on a server.
#[derive(PartialEq)]
pub(super) enum Tried {
    Yes,
    /// In a collection without another vector, as the server takes one only.
    Alone,
    /// The server is asked for such a collection, and refuses it.
    Refused(&'static str),
    /// Not tried, and why.
    No(&'static str),
}

impl Case {
    fn of(name: &'static str, title: &'static str, ty: FieldType, values: Vec<(Value, Value)>) -> Self {
        let rows = values.into_iter().map(|(given, back)| (json!({ name: given }), json!({ name: back }))).collect();
        Self {
            name,
            title,
            fields: vec![field(name, ty)],
            default: None,
            dynamic: false,
            insert: false,
            rows,
            lite: Tried::Yes,
            real: Tried::Yes,
            recorded: Ok("scalars"),
        }
    }

    fn on(self, lite: Tried, real: Tried, recorded: Result<&'static str, &'static str>) -> Self {
        Self { lite, real, recorded, ..self }
    }

    pub(super) fn has_own_key(&self) -> bool {
        self.fields.iter().any(|field| field.primary)
    }

    /// The primary key, and whether it is a text.
    pub(super) fn key(&self) -> (&str, bool) {
        let key = self.fields.iter().find(|field| field.primary);
        key.map_or(("id", false), |key| (&key.name, matches!(key.ty, FieldType::VarChar { .. })))
    }

    pub(super) fn schema(&self, collection: &str, tried: &Tried) -> Schema {
        let mut fields = Vec::new();
        if !self.has_own_key() {
            fields.push(Field { primary: true, ..field("id", FieldType::Int64) });
        }
        fields.extend(self.fields.iter().cloned());
        fields.extend(base(tried));
        let schema = Schema::new(Collection { name: collection.into(), fields, dynamic: self.dynamic, loaded: false });
        match &self.default {
            Some(default) => schema.with_default(self.name, default.clone()),
            None => schema,
        }
    }
}

/// Values that are read back as they were given.
fn same(values: impl IntoIterator<Item = Value>) -> Vec<(Value, Value)> {
    values.into_iter().map(|value| (value.clone(), value)).collect()
}

/// The forms of one value.
fn forms(forms: impl IntoIterator<Item = Value>, back: &Value) -> Vec<(Value, Value)> {
    forms.into_iter().map(|form| (form, back.clone())).collect()
}

/// What 32-bit floats are read back as.
fn floats(numbers: &[f32]) -> Value {
    numbers.iter().map(|number| json!(number)).collect()
}

fn array(element: FieldType) -> FieldType {
    FieldType::Array { element: Box::new(element), max_capacity: 4 }
}

fn vector(ty: VectorType, dim: u32) -> FieldType {
    FieldType::Vector { ty, dim }
}

const SINCE_2_4: &str = "since Milvus 2.4";
const SINCE_2_5: &str = "since Milvus 2.5";
const SINCE_2_6: &str = "since Milvus 2.6";

pub(super) fn cases() -> Vec<Case> {
    let mut all = scalars();
    all.extend(arrays());
    all.extend(vectors());
    all.extend(others());
    all
}

fn scalars() -> Vec<Case> {
    let short = |number: f32| (json!(number), json!(number));
    let longest = "ü".repeat(50);
    let newer = |case: Case, lite, recorded| case.on(lite, Tried::No(SINCE_2_6), recorded);
    vec![
        Case::of("bool", "Bool", FieldType::Bool, same([json!(true), json!(false)])),
        Case::of("int8", "Int8", FieldType::Int8, same([json!(-128), json!(0), json!(127)])),
        Case::of("int16", "Int16", FieldType::Int16, same([json!(-32768), json!(0), json!(32767)])),
        Case::of("int32", "Int32", FieldType::Int32, same([json!(i32::MIN), json!(0), json!(i32::MAX)])),
        Case::of("int64", "Int64", FieldType::Int64, same([json!(i64::MIN), json!(0), json!(i64::MAX)])),
        Case::of(
            "float",
            "Float",
            FieldType::Float,
            vec![short(f32::MIN), short(f32::MAX), short(f32::MIN_POSITIVE), short(0.0), (json!(0.1), json!(0.1f32))],
        ),
        Case::of("double", "Double", FieldType::Double, same([f64::MIN, f64::MAX, 5e-324, 0.0, 0.1].map(Value::from))),
        Case::of("varchar", "VarChar", text(100), same(["", "a \"b\" \\ \n", "日本語", &longest].map(Value::from))),
        Case::of("text", "Text", FieldType::Text, same([json!("a")])).on(
            Tried::Refused("has no such type"),
            Tried::No("has no such type"),
            Err("pymilvus 2.6 has no such type"),
        ),
        Case::of(
            "json",
            "JSON",
            FieldType::Json,
            same([json!({"a": [1, 2.5, null, {"b": "ü"}], "c": i64::MAX}), json!({})]),
        ),
        newer(
            Case::of(
                "moment",
                "Timestamptz",
                FieldType::Timestamptz,
                [
                    same([json!("0001-01-01T00:00:00Z"), json!("9999-12-31T23:59:59.999999Z")]),
                    forms(
                        [json!("2026-01-31T08:00:00+01:00"), json!("2026-01-31 07:00:00Z")],
                        &json!("2026-01-31T07:00:00Z"),
                    ),
                ]
                .concat(),
            ),
            Tried::Yes,
            Ok("moments-and-shapes"),
        ),
        newer(
            Case::of(
                "shape",
                "Geometry",
                FieldType::Geometry,
                same([json!("POINT (30 10)"), json!("POLYGON ((0 0, 1 0, 1 1, 0 0))")]),
            ),
            Tried::Yes,
            Ok("moments-and-shapes"),
        ),
    ]
}

fn arrays() -> Vec<Case> {
    let of = |name, title, element, values: Vec<Value>| Case {
        recorded: Ok("arrays"),
        ..Case::of(name, title, array(element), same([json!([]), json!(values), json!([values[0]])]))
    };
    let short = [f32::MIN, 0.0, f32::MAX];
    vec![
        of("bools", "Array of Bool", FieldType::Bool, vec![json!(true), json!(false), json!(true), json!(true)]),
        of("int8s", "Array of Int8", FieldType::Int8, vec![json!(-128), json!(0), json!(127)]),
        of("int16s", "Array of Int16", FieldType::Int16, vec![json!(-32768), json!(0), json!(32767)]),
        of("int32s", "Array of Int32", FieldType::Int32, vec![json!(i32::MIN), json!(0), json!(i32::MAX)]),
        of("int64s", "Array of Int64", FieldType::Int64, vec![json!(i64::MIN), json!(0), json!(i64::MAX)]),
        of("floats", "Array of Float", FieldType::Float, short.map(Value::from).to_vec()),
        of("doubles", "Array of Double", FieldType::Double, vec![json!(f64::MIN), json!(0.1), json!(f64::MAX)]),
        of("varchars", "Array of VarChar", text(100), vec![json!("a \"b\" \\ \n"), json!(""), json!("日本語")]),
    ]
}

fn vectors() -> Vec<Case> {
    let of = |name, title, ty, values| Case { recorded: Ok("vectors"), ..Case::of(name, title, ty, values) };
    let no_lite = || Tried::Refused("has no such type");
    let sparse = json!({"3": 0.5, "17": 1.0});
    vec![
        of(
            "floats32",
            "FloatVector",
            vector(VectorType::Float, 2),
            [
                forms([json!([0.1, -2.5]), json!("[0.1, -2.5]"), json!("zczMPQAAIMA=")], &floats(&[0.1, -2.5])),
                forms([json!([f32::MAX, f32::MIN])], &floats(&[f32::MAX, f32::MIN])),
            ]
            .concat(),
        )
        .on(Tried::Alone, Tried::Alone, Ok("vectors")),
        of(
            "halves",
            "Float16Vector",
            vector(VectorType::Float16, 2),
            [
                forms([json!([1, -2.5]), json!("[1, -2.5]"), json!("ADwAwQ==")], &floats(&[1.0, -2.5])),
                forms([json!([65504, 6e-8])], &floats(&[65504.0, 5.960_464_5e-8])),
            ]
            .concat(),
        )
        .on(no_lite(), Tried::Alone, Ok("vectors")),
        of("brains", "BFloat16Vector", vector(VectorType::BFloat16, 2), same([json!([1.0, -2.5])])).on(
            no_lite(),
            Tried::No(SINCE_2_4),
            Ok("vectors"),
        ),
        of("bytes", "Int8Vector", vector(VectorType::Int8, 2), same([json!([-128, 127])])).on(
            no_lite(),
            Tried::No(SINCE_2_6),
            Ok("vectors"),
        ),
        of(
            "bits",
            "BinaryVector",
            vector(VectorType::Binary, 16),
            forms([json!([128, 1]), json!("[128, 1]"), json!("gAE=")], &json!([128, 1])),
        )
        .on(no_lite(), Tried::Alone, Ok("vectors")),
        of(
            "sparse",
            "SparseFloatVector",
            vector(VectorType::SparseFloat, 0),
            forms(
                [
                    json!({"17": 1, "3": 0.5}),
                    json!({"indices": [17, 3], "values": [1, 0.5]}),
                    json!([[17, 1], [3, 0.5]]),
                    json!("{\"3\": 0.5, \"17\": 1}"),
                ],
                &sparse,
            ),
        )
        .on(Tried::Alone, Tried::No(SINCE_2_4), Ok("vectors")),
        Case {
            fields: vec![field("second", vector(VectorType::Float, 2)), field("third", vector(VectorType::Float, 1))],
            ..of("second", "several vectors", FieldType::Json, Vec::new())
        }
        .rows([(
            json!({"second": [1, 2], "third": [3]}),
            json!({"second": [1.0, 2.0], "third": [3.0], "v": [0.5, -1.0]}),
        )])
        .on(Tried::Yes, Tried::No(SINCE_2_4), Ok("vectors")),
    ]
}

fn others() -> Vec<Case> {
    let nullable = |name, title, ty, value: Value| {
        let case = Case::of(name, title, ty, Vec::new());
        let null = json!({ name: null });
        let rows = [(json!({}), null.clone()), (null.clone(), null), (json!({ name: value }), json!({ name: value }))];
        Case { fields: case.fields.iter().cloned().map(|f| Field { nullable: true, ..f }).collect(), ..case }
            .rows(rows)
            .on(Tried::Yes, Tried::No(SINCE_2_5), Ok("nullable"))
    };
    let key = |name, ty| Field { primary: true, ..field(name, ty) };
    let by_default = || Case::of("or_seven", "default value", FieldType::Int32, Vec::new());
    vec![
        nullable("int8_or_none", "nullable Int8", FieldType::Int8, json!(1)),
        nullable("double_or_none", "nullable Double", FieldType::Double, json!(0.1)),
        nullable("varchar_or_none", "nullable VarChar", text(100), json!("")),
        nullable("json_or_none", "nullable JSON", FieldType::Json, json!({"a": null})),
        nullable("int64s_or_none", "nullable Array of Int64", array(FieldType::Int64), json!([1])),
        Case { default: Some(DefaultValue::Int(7)), ..by_default() }
            .rows([
                (json!({}), json!({"or_seven": 7})),
                (json!({"or_seven": null}), json!({"or_seven": 7})),
                (json!({"or_seven": 0}), json!({"or_seven": 0})),
            ])
            .on(Tried::Yes, Tried::Yes, Err("filled in by Kiteline, by the server with pymilvus")),
        Case { dynamic: true, fields: Vec::new(), ..Case::of("beyond", "dynamic field", FieldType::Json, Vec::new()) }
            .rows([
                (json!({"color": "red", "n": 1}), json!({"color": "red", "n": 1})),
                (json!({"more": {"a": [1, null]}}), json!({"more": {"a": [1, null]}})),
                (json!({}), json!({})),
            ])
            .on(Tried::Yes, Tried::Yes, Ok("keys-and-fields-beyond-the-schema")),
        Case {
            fields: vec![Field { auto_id: true, ..key("made", FieldType::Int64) }, field("auto", FieldType::Int32)],
            insert: true,
            ..Case::of("auto", "auto id", FieldType::Int32, same([json!(1), json!(2)]))
        }
        .on(Tried::Yes, Tried::Yes, Ok("keys-that-milvus-makes")),
        Case {
            fields: vec![key("name", text(100))],
            ..Case::of("name", "VarChar key", text(100), same([json!("a"), json!("é \"b\" \\"), json!("")]))
        }
        .on(Tried::Yes, Tried::Yes, Ok("keys-and-fields-beyond-the-schema")),
        Case {
            fields: vec![Field { partition_key: true, ..field("tenant", text(100)) }],
            ..Case::of("tenant", "partition key", text(100), same([json!("a"), json!("b"), json!("")]))
        }
        .on(Tried::Yes, Tried::Yes, Ok("keys-and-fields-beyond-the-schema")),
        Case::of("day", "clustering key", FieldType::Int64, Vec::new()).on(
            Tried::No("only by protocol"),
            Tried::No(SINCE_2_5),
            Ok("keys-and-fields-beyond-the-schema"),
        ),
        Case::of("words", "output of a function (BM25), never sent", FieldType::Json, Vec::new()).on(
            Tried::No("only by protocol"),
            Tried::No(SINCE_2_5),
            Ok("functions"),
        ),
        Case::of("chunks", "Array of Struct", FieldType::Json, Vec::new()).on(
            Tried::No("has no such type"),
            Tried::No(SINCE_2_6),
            Ok("structs"),
        ),
    ]
}

impl Case {
    /// The case with more forms of its field's values.
    pub(super) fn with_forms(mut self, forms: Vec<(Value, Value)>) -> Self {
        let name = self.name;
        self.rows.extend(forms.into_iter().map(|(given, back)| (json!({ name: given }), json!({ name: back }))));
        self
    }

    fn rows(self, rows: impl Into<Vec<(Value, Value)>>) -> Self {
        Self { rows: rows.into(), ..self }
    }
}
