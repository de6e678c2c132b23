//! A column: its type, and one value or none a row.

use super::json;

/// A column. A value of another type than the column's is kept as [`Cell::Json`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) ty: &'static str,
    pub(crate) cells: Vec<Option<Cell>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Json(String),
    Array(Array),
    /// A dense vector as Milvus takes it, and its dimension.
    Dense(Vec<u8>, usize),
    Sparse(Vec<(u32, f32)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Array {
    Bools(Vec<bool>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Texts(Vec<String>),
}

impl Array {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bools(values) => values.len(),
            Self::Ints(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }
}

impl Column {
    /// The type's one name.
    pub(crate) fn ty(name: &str) -> &'static str {
        const TYPES: [&str; 18] = [
            "bool",
            "int",
            "float32",
            "float64",
            "text",
            "bytes",
            "json",
            "bool[]",
            "int[]",
            "float32[]",
            "float64[]",
            "text[]",
            "float-vector",
            "float16-vector",
            "bfloat16-vector",
            "int8-vector",
            "binary-vector",
            "sparse-float-vector",
        ];
        TYPES.into_iter().find(|ty| *ty == name).unwrap_or_else(|| panic!("there is no type `{name}`"))
    }

    /// The value of a row as JSON text.
    pub(crate) fn json_text(&self, row: usize) -> Option<String> {
        let narrow = self.ty.starts_with("float32");
        let float = |value: &f64| {
            if narrow { number(f64::from(*value as f32), Some(*value as f32)) } else { number(*value, None) }
        };
        Some(match self.cells[row].as_ref()? {
            Cell::Bool(value) => value.to_string(),
            Cell::Int(value) => value.to_string(),
            Cell::Float(value) => float(value),
            Cell::Text(value) => quote(value),
            Cell::Bytes(value) => quote(&base64(value)),
            Cell::Json(value) => value.clone(),
            Cell::Array(Array::Bools(values)) => list(values.iter().map(bool::to_string)),
            Cell::Array(Array::Ints(values)) => list(values.iter().map(i64::to_string)),
            Cell::Array(Array::Floats(values)) => list(values.iter().map(float)),
            Cell::Array(Array::Texts(values)) => list(values.iter().map(|text| quote(text))),
            Cell::Dense(bytes, _) if self.ty == "binary-vector" => list(bytes.iter().map(u8::to_string)),
            Cell::Dense(bytes, _) => list(floats(self.ty, bytes).into_iter().map(|value| match self.ty {
                "int8-vector" => (value as i8).to_string(),
                _ => number(value.into(), Some(value)),
            })),
            Cell::Sparse(pairs) => {
                let members =
                    pairs.iter().map(|(index, value)| format!("\"{index}\":{}", number((*value).into(), Some(*value))));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        })
    }

    /// The value of a row that is beside the column, or in a column of JSON.
    pub(super) fn json(&self, row: usize) -> Option<&str> {
        match self.cells[row].as_ref()? {
            Cell::Json(text) => Some(text),
            _ => None,
        }
    }
}

/// The numbers of a dense vector.
pub(super) fn floats(ty: &str, bytes: &[u8]) -> Vec<f32> {
    let pairs = || bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    match ty {
        "float-vector" => bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect(),
        "float16-vector" => pairs().map(half).collect(),
        "bfloat16-vector" => pairs().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
        "int8-vector" => bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect(),
        _ => Vec::new(),
    }
}

/// An IEEE 754 half float.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (bits >> 10 & 0x1f, f32::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The shortest text that reads back as the same number; JSON has none for infinities and NaN.
fn number(wide: f64, narrow: Option<f32>) -> String {
    match narrow {
        _ if !wide.is_finite() => "null".into(),
        Some(narrow) => format!("{narrow:?}"),
        None => format!("{wide:?}"),
    }
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

/// A text as the host writes it: serde_json has names for two control characters more.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let sextet = (bits >> (18 - 6 * digit) & 0x3f) as usize;
            out.push(if digit <= three.len() { DIGITS[sextet].into() } else { '=' });
        }
    }
    out
}

/// A JSON text as the interface takes it: none for `null`.
pub(super) fn checked_json(field: &str, row: usize, text: &str) -> Option<Cell> {
    assert!(json::is_json(text), "field `{field}`, row {row}: not JSON");
    let text = text.trim();
    (text != "null").then(|| Cell::Json(text.to_owned()))
}
