//! The requests that Milvus has and has not answered.

use std::sync::Arc;

use crate::pipeline::memory::UNDER_WAY;
use crate::sink::{Keys, Request, Schema};

/// How many there are, and whose keys.
#[derive(Debug)]
pub(super) struct UnderWay {
    requests: usize,
    /// By collection.
    keys: Vec<(Arc<Schema>, Keys<()>)>,
}

impl UnderWay {
    pub(super) fn new<'a>(schemas: impl IntoIterator<Item = &'a Arc<Schema>>) -> Self {
        let keys = |schema: &'a Arc<Schema>| (Arc::clone(schema), Keys::of(schema));
        Self { requests: 0, keys: schemas.into_iter().map(keys).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests == 0
    }

    pub(super) fn has_room(&self) -> bool {
        self.requests < UNDER_WAY
    }

    /// False where an operation on one of its keys is not answered yet: the two could reach Milvus in any order.
    pub(super) fn is_apart_from(&mut self, request: &Request) -> bool {
        let keys = self.keys_of(request);
        keys.count() == 0 || request.sent_rows().all(|(prepared, row)| keys.get(prepared, row).is_none())
    }

    pub(super) fn add(&mut self, request: &Request) {
        self.requests += 1;
        let keys = self.keys_of(request);
        request.sent_rows().for_each(|(prepared, row)| _ = keys.insert(prepared, row, ()));
    }

    pub(super) fn remove(&mut self, request: &Request) {
        self.requests -= 1;
        let keys = self.keys_of(request);
        request.sent_rows().for_each(|(prepared, row)| keys.remove(prepared, row));
    }

    fn keys_of(&mut self, request: &Request) -> &mut Keys<()> {
        let of_request = |(schema, _): &&mut (Arc<Schema>, _)| Arc::ptr_eq(schema, request.schema());
        &mut self.keys.iter_mut().find(of_request).expect("rows are of these collections").1
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use super::super::{Ceiling, Core, Limits, Outcome, Pace};
    use super::*;
    use crate::batch::{Batch, Column, Operation, Origin, Records};
    use crate::config::UnknownFields;
    use crate::sink::{Class, WriteError, validate};
    use crate::source::TopicPartition;
    use crate::target::{Collection, Field, FieldType};

    struct Bed {
        core: Core,
        schema: Arc<Schema>,
        offset: i64,
        now: Instant,
    }

    impl Bed {
        /// Each request has two rows.
        fn new() -> Self {
            let fields = vec![Field { primary: true, ..Field::new("id", FieldType::Int64) }];
            let collection = Collection { name: "items".into(), fields, dynamic: false, loaded: true };
            let schema = Arc::new(Schema::new(collection));
            let limits = Limits { rows: 2, bytes: 1 << 20, held: 1 << 20, age: Duration::from_secs(1) };
            let pace = Arc::new(Mutex::new(Pace::new(Ceiling::default())));
            let mut core = Core::new([&schema], limits, pace);
            core.assign(TopicPartition { topic: "items".into(), partition: 0 });
            Self { core, schema, offset: 0, now: Instant::now() }
        }

        fn add(&mut self, keys: &[i64]) {
            let mut records = Records::default();
            for _ in keys {
                let origin = Origin { topic: "items".into(), partition: 0, offset: self.offset };
                self.offset += 1;
                records.push(origin, None, None, None, std::iter::empty());
            }
            let records = Arc::new(records);
            let id = self.core.enter(Arc::clone(&records));
            let mut batch = Batch::new(records, Operation::Upsert);
            batch.set("id", Column::ints(keys.to_vec().into()));
            let (prepared, flawed) = validate(&batch, &self.schema, UnknownFields::Reject);
            assert_eq!(flawed, []);
            self.core.add(0, &prepared, id, self.now);
            self.core.finish(id);
        }

        fn sent(&mut self) -> Vec<Request> {
            let (core, now) = (&mut self.core, self.now);
            std::iter::from_fn(|| core.next_request(now, true)).collect()
        }

        fn end(&mut self, request: Request, outcome: Outcome) {
            self.core.ended(request, outcome, self.now).expect("nothing ends the run");
        }
    }

    #[test]
    fn requests_go_together_up_to_a_limit_and_the_next_one_when_one_of_them_ends() {
        let mut bed = Bed::new();
        bed.add(&(0..20).collect::<Vec<_>>());
        let mut sent = bed.sent();
        assert_eq!(sent.len(), UNDER_WAY);
        bed.end(sent.pop().expect("there are some"), Outcome::Written);
        assert_eq!(bed.sent().len(), 1);
    }

    #[test]
    fn a_request_waits_for_the_one_that_has_a_key_of_it_and_the_others_wait_behind_it() {
        let mut bed = Bed::new();
        bed.add(&[1, 2, 3, 4]);
        let mut first = bed.sent();
        bed.add(&[4, 5, 6, 7]);
        let (last, other) = (first.pop().expect("two"), first.pop().expect("two"));
        bed.end(other, Outcome::Written);
        assert!(bed.sent().is_empty());
        bed.end(last, Outcome::Written);
        assert_eq!(bed.sent().len(), 2);
    }

    #[test]
    fn what_fails_together_is_one_reason_to_pause() {
        let mut bed = Bed::new();
        bed.add(&[1, 2, 3, 4]);
        for request in bed.sent() {
            let error = WriteError::of_class(Class::Retry);
            bed.end(request, Outcome::Failed { error, answers: false });
        }
        assert!(bed.sent().is_empty());
        // The first pause is a tenth of a second at most, and all are sent again behind it.
        bed.now += Duration::from_millis(100);
        assert_eq!(bed.sent().len(), 2);
    }
}
