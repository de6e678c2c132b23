//! The self-test: cases that a component ships inside itself, so that code and cases are always of one version.
//!
//! They are JSON in a custom section named `kiteline:cases`. A version that does not pass them is not used.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};
use wasmparser::{Parser, Payload};

use super::error::LoadError;
use super::instance::Instance;
use super::limits::fixed;
use super::loaded::Plugin;
use crate::batch::{Batch, Operation, Origin, Records};
use crate::decode::{Decoder, Plan};

/// The custom section with a component's cases.
pub const SECTION: &str = "kiteline:cases";

/// Records, and what the plugin makes of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The configuration of this case.
    #[serde(default)]
    config: Map<String, Value>,
    records: Vec<Record>,
    /// The fields of each row that goes on, without those that are null.
    #[serde(default)]
    rows: Vec<Map<String, Value>>,
    /// Indexes of the records that are rejected.
    #[serde(default)]
    rejected: Vec<u32>,
}

/// A record of a case. Without value and payload it is a tombstone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// An object, whose fields are decoded.
    value: Option<Map<String, Value>>,
    /// The bytes as base64, for plugins that decode them.
    payload: Option<String>,
    key: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Has a plugin pass the cases of its component, where it has some.
pub(super) fn pass(plugin: &Plugin, wasm: &[u8]) -> Result<(), LoadError> {
    pass_within(plugin, wasm, fixed::SELF_TEST)
}

/// No case begins after that time; each has limits of its own beside.
fn pass_within(plugin: &Plugin, wasm: &[u8], limit: Duration) -> Result<(), LoadError> {
    let failed = |error| LoadError::SelfTest { name: plugin.named.to_string(), error };
    let Some(text) = section(wasm) else { return Ok(()) };
    if text.len() > fixed::CASES_BYTES {
        return Err(failed(format!("its cases have {} bytes; at most {} are read", text.len(), fixed::CASES_BYTES)));
    }
    let cases: Vec<Case> = serde_json::from_slice(text).map_err(|error| failed(format!("`{SECTION}`: {error}")))?;
    if cases.len() > fixed::CASES {
        return Err(failed(format!("it has {} cases; at most {} are run at each start", cases.len(), fixed::CASES)));
    }
    let start = Instant::now();
    for (done, case) in cases.iter().enumerate() {
        if start.elapsed() >= limit {
            let (of, name) = (cases.len(), &case.name);
            let what = format!("{done} of its {of} cases took {limit:?}, and all have no more time than that");
            return Err(failed(format!("{what}: ship fewer or quicker ones; the next is `{name}`")));
        }
        let difference = case.difference(plugin)?;
        difference.map_or(Ok(()), |difference| Err(failed(format!("case `{}`: {difference}", case.name))))?;
    }
    Ok(())
}

impl Case {
    /// How what the plugin makes of the records differs from what the case expects.
    fn difference(&self, plugin: &Plugin) -> Result<Option<String>, LoadError> {
        let config = Value::Object(self.config.clone()).to_string();
        let (mut instance, _) = Instance::start(plugin, &config, &Arc::default())?;
        let batch = match self.batch() {
            Ok(batch) => batch,
            Err(mistake) => return Ok(Some(mistake)),
        };
        let done = match instance.process(batch, None, fixed::CALL) {
            Ok(done) => done,
            Err(fault) => return Ok(Some(fault.all())),
        };
        let mut rejected: Vec<u32> = done.rejected.iter().map(|(record, _)| *record).collect();
        rejected.sort_unstable();
        rejected.dedup();
        if rejected != self.rejected {
            return Ok(Some(format!("it rejected the records {rejected:?}, not {:?}", self.rejected)));
        }
        let rows: Vec<_> = (0..done.batch.rows()).map(|row| fields(&done.batch, row)).collect();
        if rows.len() != self.rows.len() {
            return Ok(Some(format!("it made {} rows, not {}", rows.len(), self.rows.len())));
        }
        let different = rows.iter().zip(&self.rows).position(|(row, expected)| row != expected);
        Ok(different.map(|row| {
            let (came, expected) = (Value::from(rows[row].clone()), Value::from(self.rows[row].clone()));
            format!("row {row} is {came}, not {expected}")
        }))
    }

    fn batch(&self) -> Result<Batch, String> {
        let mut records = Records::default();
        let mut is_raw = false;
        for (offset, record) in (0..).zip(&self.records) {
            let value = match (&record.value, &record.payload) {
                (Some(_), Some(_)) => return Err(format!("record {offset} has both `value` and `payload`")),
                (Some(value), None) => Some(Value::Object(value.clone()).to_string().into_bytes()),
                (None, Some(text)) => {
                    is_raw = true;
                    let bytes = BASE64_STANDARD.decode(text);
                    Some(bytes.map_err(|error| format!("record {offset}: `payload` is not base64: {error}"))?)
                }
                (None, None) => None,
            };
            let origin = Origin { topic: "cases".into(), partition: 0, offset };
            let headers = record.headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_bytes())));
            records.push(origin, None, record.key.as_deref().map(str::as_bytes), value.as_deref(), headers);
        }
        let mut decoder = if is_raw { Decoder::raw() } else { Decoder::json(Plan::default()).with_bare_tombstones() };
        Ok(decoder.decode(Arc::new(records), Operation::Upsert).batch)
    }
}

/// A row's fields, without those that are null.
fn fields(batch: &Batch, row: usize) -> Map<String, Value> {
    let fields = batch.fields().filter_map(|(name, _)| {
        let text = batch.read(name).json_text(row)?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text.into_owned()));
        (!value.is_null()).then(|| (name.to_string(), value))
    });
    fields.collect()
}

/// The bytes of the component's own section, not of one in a module inside it.
fn section(wasm: &[u8]) -> Option<&[u8]> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => return Some(section.data()),
            _ => {}
        }
    }
    None
}

/// A component with cases added, as a tool would add them.
#[cfg(test)]
pub(super) fn with_cases(wasm: &[u8], cases: &Value) -> Vec<u8> {
    fn put(to: &mut Vec<u8>, mut number: usize) {
        while number >= 0x80 {
            to.push(number as u8 | 0x80);
            number >>= 7;
        }
        to.push(number as u8);
    }
    let mut section = Vec::new();
    put(&mut section, SECTION.len());
    section.extend(SECTION.as_bytes());
    section.extend(cases.to_string().as_bytes());
    let mut wasm = wasm.to_vec();
    wasm.push(0);
    put(&mut wasm, section.len());
    wasm.extend(section);
    wasm
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plugin::{Engine, Limits};

    #[test]
    fn a_self_test_has_few_cases_and_one_deadline_for_all() {
        let engine = Engine::new().expect("an engine");
        let config = r#"{"rename":{"a":"b"}}"#;
        let plugin = Plugin::shipped(&engine, "rename", config.into(), Limits::default(), &Arc::default());
        let plugin = plugin.expect("loads");
        let shipped = crate::plugin::shipped("rename").expect("shipped");
        let case = json!({ "name": "a", "config": { "rename": { "a": "b" } }, "records": [] });
        let said = |count: usize, limit| {
            let wasm = with_cases(shipped, &Value::from(vec![case.clone(); count]));
            pass_within(&plugin, &wasm, limit).map_err(|error| error.to_string())
        };
        assert_eq!(said(2, fixed::SELF_TEST), Ok(()));
        let many = said(fixed::CASES + 1, fixed::SELF_TEST).expect_err("too many");
        assert!(many.ends_with("its self-test failed: it has 101 cases; at most 100 are run at each start"), "{many}");
        let late = said(2, Duration::ZERO).expect_err("too late");
        assert!(late.contains("0 of its 2 cases took 0ns") && late.ends_with("the next is `a`"), "{late}");
    }

    #[test]
    fn the_section_is_found_among_others_and_in_no_broken_file() {
        let wasm = b"\0asm\x0d\0\x01\0\x07\x02ab\0\x05\x04name".to_vec();
        let with = with_cases(&wasm, &Value::from("x".repeat(300)));
        assert_eq!(section(&with).map(<[u8]>::len), Some(302));
        assert_eq!(section(&wasm), None);
        for end in 0..with.len() {
            assert_eq!(section(&with[..end]), None, "{end}");
        }
    }
}
