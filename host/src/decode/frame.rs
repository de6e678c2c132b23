//! Frames off, and the schemas that they name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::framing::{Framing, Part};
use super::language::Language;
use super::refusal::Refusal;
use crate::batch::Record;
use crate::registry::{Answer, Kind, Registry, SchemaId, Wake};

/// Most schemas that are kept from one batch to the next.
const KEPT: usize = 1000;
/// Most bytes that a batch's packed payloads may become: Arrow counts those of a column in 31 bits, and the records
/// that they are in are a fraction of it.
const UNPACKED: usize = 1 << 30;

/// The frame of keys or of values, with the schemas of the batch at hand.
#[derive(Debug)]
pub(super) struct Frame {
    framing: Framing,
    part: Part,
    /// The language that schemas must be of.
    expected: Kind,
    registry: Option<Registry>,
    known: HashMap<SchemaId, Known>,
    unpacked: usize,
}

/// What is known of a schema.
#[derive(Debug)]
enum Known {
    Ready(Language),
    /// It can't be used: why, and until when that holds; without a time for good.
    Refused(Arc<str>, Option<Instant>),
}

/// What was in a frame, and the schema by which that was written.
#[derive(Debug)]
pub(super) struct Opened<'a, 'f> {
    pub(super) payload: Cow<'a, [u8]>,
    pub(super) schema: Option<&'f Language>,
    /// What stands behind the id in a header: which message it is.
    pub(super) in_header: Option<&'a [u8]>,
    /// Which frame there was.
    pub(super) framing: Option<Framing>,
}

impl<'a> Opened<'a, '_> {
    /// What has no frame.
    pub(super) fn unframed(bytes: &'a [u8]) -> Self {
        Self { payload: Cow::Borrowed(bytes), schema: None, in_header: None, framing: None }
    }
}

impl Frame {
    pub(super) fn new(framing: Framing, part: Part, expected: Kind, registry: Option<Registry>) -> Self {
        Self { framing, part, expected, registry, known: HashMap::new(), unpacked: 0 }
    }

    /// Whether the schema is known that these bytes of the record were written by; if not, it is asked for.
    pub(super) fn is_ready(&mut self, record: Record<'_>, wake: &Wake) -> bool {
        let bytes = match self.part {
            Part::Key => record.key(),
            Part::Value => record.payload(),
        };
        let (Some(registry), Some(bytes)) = (&self.registry, bytes) else { return true };
        let Some(id) = self.framing.schema(self.part, record, bytes) else { return true };
        if self.known.contains_key(&id) {
            return true;
        }
        let known = match registry.get(id, wake) {
            None => return false,
            Some(Answer::Schema(schema)) => match Language::of(&schema, self.expected) {
                Ok(language) => Known::Ready(language),
                Err(why) => Known::Refused(why.into(), None),
            },
            Some(Answer::Refused { why, until }) => Known::Refused(why, Some(until)),
        };
        self.known.insert(id, known);
        true
    }

    /// Takes the frame off. Where there is a registry, the schema must be one that can be used.
    pub(super) fn open<'a>(&mut self, record: Record<'a>, bytes: &'a [u8]) -> Result<Opened<'a, '_>, Refusal> {
        let framed = self.framing.strip(self.part, record, bytes).map_err(Refusal::Frame)?;
        if self.expected != Kind::Protobuf && framed.in_header.is_some_and(|rest| !rest.is_empty()) {
            return Err(Refusal::Frame(self.part.long_header()));
        }
        if let Cow::Owned(unpacked) = &framed.payload {
            self.unpacked += unpacked.len();
            if self.unpacked > UNPACKED {
                return Err(Refusal::UnpackedFrames { most: UNPACKED });
            }
        }
        let schema = match framed.schema.filter(|_| self.registry.is_some()) {
            Some(id) => Some(self.schema(id)?),
            None => None,
        };
        let framing = Some(self.framing);
        Ok(Opened { payload: framed.payload, schema, in_header: framed.in_header, framing })
    }

    fn schema(&self, id: SchemaId) -> Result<&Language, Refusal> {
        match self.known.get(&id) {
            Some(Known::Ready(language)) => Ok(language),
            Some(Known::Refused(why, _)) => Err(Refusal::Schema { id, why: Arc::clone(why) }),
            None => Err(Refusal::Schema { id, why: "was not waited for".into() }),
        }
    }

    /// The batch is done.
    pub(super) fn finish(&mut self) {
        self.unpacked = 0;
        if self.known.len() > KEPT {
            self.known.clear();
        }
        let now = Instant::now();
        self.known.retain(|_, known| !matches!(known, Known::Refused(_, Some(until)) if *until <= now));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::batch::{Origin, Records};

    fn frame(framing: Framing) -> Frame {
        Frame::new(framing, Part::Value, Kind::Json, None)
    }

    #[test]
    fn a_refusal_is_forgotten_when_its_time_is_over_and_schemas_when_they_are_many() {
        let mut frame = frame(Framing::Confluent);
        let hour = Duration::from_secs(3600);
        let refused = |until| Known::Refused("gone".into(), until);
        frame.known.insert(SchemaId::Number(0), refused(Some(Instant::now())));
        frame.known.insert(SchemaId::Number(1), refused(Some(Instant::now() + hour)));
        frame.known.insert(SchemaId::Number(2), refused(None));
        frame.known.extend((3..KEPT as u32).map(|id| (SchemaId::Number(id), Known::Ready(Language::Json))));
        frame.finish();
        let is_known = |frame: &Frame, id| frame.known.contains_key(&SchemaId::Number(id));
        assert_eq!([0, 1, 2, 3].map(|id| is_known(&frame, id)), [false, true, true, true]);
        frame.known.extend((0..=KEPT as u32).map(|id| (SchemaId::Number(id), Known::Ready(Language::Json))));
        frame.finish();
        assert!(frame.known.is_empty());
    }

    #[test]
    fn what_the_packed_payloads_of_a_batch_become_has_an_end() {
        let mut encoder = ZlibEncoder::new([&[3, 5][..], &[7; 16]].concat(), Compression::fast());
        encoder.write_all(b"{}").expect("in memory");
        let packed = encoder.finish().expect("in memory");
        let mut records = Records::default();
        let origin = Origin { topic: "items".into(), partition: 0, offset: 0 };
        records.push(origin, None, None, Some(&packed), std::iter::empty());
        let mut frame = frame(Framing::Glue);
        frame.unpacked = UNPACKED - 3;
        assert!(frame.open(records.get(0), &packed).is_ok());
        let refused = frame.open(records.get(0), &packed).expect_err("it has no room");
        assert_eq!(refused, Refusal::UnpackedFrames { most: UNPACKED });
        frame.finish();
        assert!(frame.open(records.get(0), &packed).is_ok());
    }
}
