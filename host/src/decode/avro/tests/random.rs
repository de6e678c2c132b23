//! Random schemas and values, written by Avro's own library.

use apache_avro::types::Value as Avro;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{Decimal, Schema};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A type with a strategy for its values, and how each is read.
#[derive(Debug, Clone)]
struct Kind {
    schema: Value,
    values: BoxedStrategy<(Avro, Value)>,
    /// Whether it is null, or a union.
    in_union: bool,
}

fn kind(schema: Value, values: impl Strategy<Value = (Avro, Value)> + 'static) -> Kind {
    Kind { schema, values: values.boxed(), in_union: true }
}

fn number(text: String) -> Value {
    serde_json::from_str(&text).expect("a number")
}

fn leaf() -> impl Strategy<Value = Kind> {
    let logical = |base: &str, name: &str| json!({"type": base, "logicalType": name});
    let long = |name: &'static str, of: fn(i64) -> Avro| {
        kind(json!({"type": "long", "logicalType": name}), any::<i64>().prop_map(move |n| (of(n), json!(n))))
    };
    let decimal = |number: i64| {
        let sign = if number < 0 { "-" } else { "" };
        let (whole, part) = (number.unsigned_abs() / 1000, number.unsigned_abs() % 1000);
        (Avro::Decimal(Decimal::from(number.to_be_bytes())), json!(format!("{sign}{whole}.{part:03}")))
    };
    prop::sample::select(vec![
        Kind { in_union: false, ..kind(json!("null"), Just((Avro::Null, Value::Null))) },
        kind(json!("boolean"), any::<bool>().prop_map(|b| (Avro::Boolean(b), json!(b)))),
        kind(json!("int"), any::<i32>().prop_map(|n| (Avro::Int(n), json!(n)))),
        kind(json!("long"), any::<i64>().prop_map(|n| (Avro::Long(n), json!(n)))),
        kind(json!("float"), (-1e30f32..1e30).prop_map(|n| (Avro::Float(n), number(format!("{n:?}"))))),
        kind(json!("double"), (-1e300..1e300).prop_map(|n| (Avro::Double(n), number(format!("{n:?}"))))),
        kind(json!("string"), ".*".prop_map(|text| (Avro::String(text.clone()), json!(text)))),
        kind(json!("bytes"), any::<Vec<u8>>().prop_map(|b| (Avro::Bytes(b.clone()), json!(crate::json::base64(&b))))),
        kind(logical("int", "date"), any::<i32>().prop_map(|n| (Avro::Date(n), json!(n)))),
        kind(logical("int", "time-millis"), any::<i32>().prop_map(|n| (Avro::TimeMillis(n), json!(n)))),
        long("time-micros", Avro::TimeMicros),
        long("timestamp-millis", Avro::TimestampMillis),
        long("timestamp-nanos", Avro::TimestampNanos),
        long("local-timestamp-micros", Avro::LocalTimestampMicros),
        kind(
            json!({"type": "bytes", "logicalType": "decimal", "precision": 19, "scale": 3}),
            any::<i64>().prop_map(decimal),
        ),
    ])
}

/// Each type with a name has its own, by a number.
fn named() -> impl Strategy<Value = String> {
    any::<u64>().prop_map(|number| format!("N{number}"))
}

fn any_kind() -> impl Strategy<Value = Kind> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let fixed = (named(), 0usize..9).prop_map(|(name, size)| {
            let bytes = prop::collection::vec(any::<u8>(), size);
            let values = bytes.prop_map(move |b| (Avro::Fixed(size, b.clone()), json!(crate::json::base64(&b))));
            kind(json!({"type": "fixed", "name": name, "size": size}), values)
        });
        let symbols = named().prop_map(|name| {
            let values = (0..3u32).prop_map(|n| (Avro::Enum(n, format!("s{n}")), json!(format!("s{n}"))));
            kind(json!({"type": "enum", "name": name, "symbols": ["s0", "s1", "s2"]}), values)
        });
        let array = inner.clone().prop_map(|of| {
            let values = prop::collection::vec(of.values, 0..5).prop_map(|items| {
                let (avro, json): (_, Vec<_>) = items.into_iter().unzip();
                (Avro::Array(avro), Value::Array(json))
            });
            kind(json!({"type": "array", "items": of.schema}), values)
        });
        let map = inner.clone().prop_map(|of| {
            let values = prop::collection::hash_map("[a-zé\"]{0,4}", of.values, 0..4).prop_map(|items| {
                let avro = items.iter().map(|(name, (avro, _))| (name.clone(), avro.clone())).collect();
                (Avro::Map(avro), Value::Object(items.into_iter().map(|(name, (_, json))| (name, json)).collect()))
            });
            kind(json!({"type": "map", "values": of.schema}), values)
        });
        let optional = inner.clone().prop_filter("no union within", |of| of.in_union).prop_map(|of| {
            let values = prop::option::of(of.values).prop_map(|value| match value {
                None => (Avro::Union(0, Box::new(Avro::Null)), Value::Null),
                Some((avro, json)) => (Avro::Union(1, Box::new(avro)), json),
            });
            Kind { in_union: false, ..kind(json!(["null", of.schema]), values) }
        });
        let record = (named(), prop::collection::vec(inner, 0..4)).prop_map(|(name, kinds)| record(&name, kinds));
        prop_oneof![fixed, symbols, array, map, optional, record]
    })
}

fn record(name: &str, kinds: Vec<Kind>) -> Kind {
    let fields: Vec<_> = (0..).zip(&kinds).map(|(n, of)| json!({"name": format!("f{n}"), "type": of.schema})).collect();
    let values: Vec<_> = kinds.into_iter().map(|of| of.values).collect();
    let values = values.prop_map(|values| {
        let (mut avro, mut json) = (Vec::new(), Map::new());
        for (n, (a, j)) in values.into_iter().enumerate() {
            avro.push((format!("f{n}"), a));
            json.insert(format!("f{n}"), j);
        }
        (Avro::Record(avro), Value::Object(json))
    });
    kind(json!({"type": "record", "name": name, "fields": fields}), values)
}

proptest! {
    #[test]
    fn what_avros_own_library_writes_is_read_back(
        (text, rows) in prop::collection::vec(any_kind(), 1..5).prop_flat_map(|kinds| {
            let of = record("Root", kinds);
            (Just(of.schema.to_string()), prop::collection::vec(of.values, 1..4))
        }),
    ) {
        let theirs = Schema::parse_str(&text).expect(&text);
        let writer = GenericDatumWriter::builder(&theirs).build().expect("it is whole");
        let payloads = rows.iter().map(|(value, _)| writer.write_value_to_vec(value.clone()));
        let payloads: Vec<_> = payloads.collect::<Result<_, _>>().expect("they are of the schema");
        let Decoded { batch, rejected } = decode(&mut Decoder::avro(schema(&text), Plan::default()), &payloads);
        prop_assert_eq!(rejected, []);
        for (index, (_, right)) in rows.iter().enumerate() {
            let mut right = right.clone();
            right.as_object_mut().expect("a record").retain(|_, value| !value.is_null());
            prop_assert!(same(&row(&batch, index), &right), "{} {} {right}", text, row(&batch, index));
        }
    }
}
