//! Rows of one collection on their way into write requests.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::Write;
use crate::quick::QuickMap;
use crate::sink::{Group, Keys, Place, Prepared, Request, RowToken, Schema, Version};

/// When a write request is closed: at the first of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) struct Limits {
    /// Most rows, those included that were overtaken.
    pub(in crate::delivery) rows: usize,
    /// Most bytes as encoded. A single row may have more, up to what Milvus takes.
    pub(in crate::delivery) bytes: usize,
    /// Most memory that rows hold, with their records.
    pub(in crate::delivery) held: usize,
    /// Longest time that a row waits for others.
    pub(in crate::delivery) age: Duration,
}

impl Limits {
    /// As the pipeline file says, with so much memory for a request.
    pub(in crate::delivery) fn of(write: &Write, held: usize) -> Self {
        Self { rows: write.rows, bytes: write.bytes.as_usize(), held, age: write.age.get() }
    }
}

/// The open write requests of a collection. A primary key is in one of them at most, as the last operation on it: what
/// it overtakes in another request is taken out there. So open requests can be closed in any order.
#[derive(Debug)]
pub(super) struct Gather {
    schema: Arc<Schema>,
    open: QuickMap<u64, Open>,
    by_group: QuickMap<Group, u64>,
    /// Where each key is. What was closed since is still in it until there is more of that than of what is open.
    places: Keys<(u64, Place)>,
    next: u64,
}

#[derive(Debug)]
struct Open {
    request: Request,
    due: Instant,
}

/// Places of closed requests that are kept before they are looked for.
const STALE: usize = 4096;

impl Gather {
    pub(super) fn new(schema: &Arc<Schema>) -> Self {
        Self {
            schema: Arc::clone(schema),
            open: QuickMap::default(),
            by_group: QuickMap::default(),
            places: Keys::of(schema),
            next: 0,
        }
    }

    /// Adds rows; requests that are full go to `closed`.
    pub(super) fn add(
        &mut self,
        prepared: &Arc<Prepared>,
        batch: u64,
        limits: Limits,
        now: Instant,
        closed: &mut VecDeque<Request>,
    ) {
        // Groups of this batch, looked up once: most rows have the group of one before.
        let mut known: QuickMap<(_, Option<&str>, _), u64> = QuickMap::default();
        for row in prepared.rows() {
            let token = RowToken { batch, record: row.record };
            let group = (row.operation, row.partition, row.present);
            let id = match known.get(&group) {
                Some(id) if self.has_room(*id, prepared, row.index, limits) => *id,
                _ => {
                    let id = self.group(Group::of(prepared, row.index), prepared, row.index, limits, now, closed);
                    known.insert(group, id);
                    id
                }
            };
            self.put(id, closed, Version { prepared: Arc::clone(prepared), row: row.index, token });
        }
        if self.places.count() > 2 * self.versions() + STALE {
            let open = &self.open;
            self.places.retain(|(id, _)| open.contains_key(id));
        }
    }

    /// Closes the requests that are due, or all of them, the oldest first.
    pub(super) fn close_due(&mut self, now: Instant, all: bool, closed: &mut VecDeque<Request>) {
        let due = self.open.iter().filter(|(_, open)| all || open.due <= now);
        let mut due: Vec<_> = due.map(|(id, open)| (open.due, *id)).collect();
        due.sort_unstable();
        for (_, id) in due {
            closed.extend(self.close(id));
        }
    }

    /// Closes the oldest request.
    pub(super) fn close_oldest(&mut self) -> Option<Request> {
        let oldest = self.open.iter().min_by_key(|(id, open)| (open.due, **id)).map(|(id, _)| *id)?;
        self.close(oldest)
    }

    /// When the next request is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.values().map(|open| open.due).min()
    }

    /// What the rows of open requests hold.
    pub(super) fn held(&self) -> usize {
        self.open.values().map(|open| open.request.held()).sum()
    }

    fn versions(&self) -> usize {
        self.open.values().map(|open| open.request.versions()).sum()
    }

    /// The open request of a group, with room for the row.
    fn group(
        &mut self,
        group: Group,
        prepared: &Prepared,
        row: u32,
        limits: Limits,
        now: Instant,
        closed: &mut VecDeque<Request>,
    ) -> u64 {
        if let Some(id) = self.by_group.get(&group).copied() {
            if self.has_room(id, prepared, row, limits) {
                return id;
            }
            closed.extend(self.close(id));
        }
        let id = self.next;
        self.next += 1;
        let request = Request::new(&self.schema, group.clone());
        self.open.insert(id, Open { request, due: now + limits.age });
        self.by_group.insert(group, id);
        id
    }

    fn has_room(&self, id: u64, prepared: &Prepared, row: u32, limits: Limits) -> bool {
        self.open.get(&id).is_some_and(|Open { request, .. }| {
            request.is_empty()
                || request.versions() < limits.rows
                    && request.bytes() + prepared.bytes(row) <= limits.bytes
                    && request.held() + prepared.held() <= limits.held
        })
    }

    /// Puts a row into a request, in the place of what it overtakes. What it does not wholly replace, being a part of a
    /// row itself, is closed, so that it is sent before.
    fn put(&mut self, id: u64, closed: &mut VecDeque<Request>, version: Version) {
        let mut overtook = Vec::new();
        let old = self.places.get(&version.prepared, version.row).copied();
        let old = old.filter(|(other, _)| {
            let groups = self.open.get(&id).zip(self.open.get(other));
            let covered = groups.is_none_or(|(own, other)| own.request.group().covers(other.request.group()));
            if !covered {
                closed.extend(self.close(*other));
            }
            covered
        });
        if let Some((other, place)) = old
            && let Some(open) = self.open.get_mut(&other)
        {
            let due = open.due;
            overtook = open.request.take(place);
            if open.request.is_empty() && other != id {
                self.close(other);
            }
            let open = self.open.get_mut(&id).expect("the group is open");
            // What was overtaken waits no longer for it.
            open.due = open.due.min(due);
        }
        let open = self.open.get_mut(&id).expect("the group is open");
        let (prepared, row) = (Arc::clone(&version.prepared), version.row);
        let place = open.request.push(version, overtook);
        self.places.insert(&prepared, row, (id, place));
    }

    fn close(&mut self, id: u64) -> Option<Request> {
        let Open { request, .. } = self.open.remove(&id)?;
        self.by_group.remove(request.group());
        Some(request).filter(|request| !request.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::StringArray;

    use super::*;
    use crate::batch::{Batch, Column, Names, Operation, Origin, Records};
    use crate::config::UnknownFields;
    use crate::sink::{Rules, validate};
    use crate::target::{Collection, Field, FieldType};

    const LIMITS: Limits = Limits { rows: 1000, bytes: 1 << 20, held: 1 << 20, age: Duration::from_millis(500) };

    fn schema() -> Arc<Schema> {
        let key = Field { primary: true, ..Field::new("id", FieldType::Int64) };
        let fields = vec![key, Field::new("t", FieldType::VarChar { max_length: 10_000 })];
        Arc::new(Schema::new(Collection { name: "items".into(), fields, dynamic: false, loaded: true }))
    }

    /// Rows with these keys.
    fn upserts(keys: &[i64]) -> Batch {
        let mut records = Records::default();
        for offset in 0..keys.len() as i64 {
            let origin = Origin { topic: "items".into(), partition: 0, offset };
            records.push(origin, None, None, None, std::iter::empty());
        }
        let mut batch = Batch::new(Arc::new(records), Operation::Upsert);
        batch.set("id", Column::ints(keys.to_vec().into()));
        batch
    }

    /// Rows with these keys, partitions, and texts of that length.
    fn rows(schema: &Arc<Schema>, rows: &[(i64, &str, usize)]) -> Arc<Prepared> {
        let mut batch = upserts(&rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
        batch.set("t", Column::texts(rows.iter().map(|(.., length)| Some("x".repeat(*length))).collect()));
        let names: StringArray = rows.iter().map(|(_, name, _)| Some(*name)).collect();
        batch.set_partitions(Names::Each(names));
        let (prepared, flawed) = validate(&batch, schema, UnknownFields::Reject);
        assert_eq!(flawed, []);
        prepared
    }

    /// The requests that are closed while rows are added, and those that stay open, each as partition, rows, versions.
    fn added(limits: Limits, batches: &[&[(i64, &str, usize)]]) -> (Vec<String>, Vec<String>) {
        let schema = schema();
        let mut gather = Gather::new(&schema);
        let (now, mut closed, mut open) = (Instant::now(), VecDeque::new(), VecDeque::new());
        for (batch, part) in (0..).zip(batches) {
            gather.add(&rows(&schema, part), batch, limits, now, &mut closed);
        }
        gather.close_due(now, true, &mut open);
        let shown = |request: Request| {
            format!("{} {}/{}", request.partition().map_or("", |name| name), request.rows(), request.versions())
        };
        let mut open: Vec<_> = open.into_iter().map(shown).collect();
        open.sort();
        (closed.into_iter().map(shown).collect(), open)
    }

    #[test]
    fn a_request_takes_no_more_rows_than_its_limit_even_of_one_key() {
        let limits = Limits { rows: 3, ..LIMITS };
        let (closed, open) = added(limits, &[&[(1, "a", 0), (1, "a", 0), (1, "a", 0), (2, "a", 0)]]);
        assert_eq!((closed, open), (vec!["a 1/3".to_owned()], vec!["a 1/1".to_owned()]));
    }

    #[test]
    fn the_rows_of_one_large_record_hold_it_together() {
        let mut records = Records::default();
        let origin = Origin { topic: "items".into(), partition: 0, offset: 0 };
        records.push(origin, None, None, Some(&[b' '; 100_000]), std::iter::empty());
        let mut batch = Batch::new(Arc::new(records), Operation::Upsert).take(&vec![0_u32; 100].into());
        batch.set("id", Column::ints((0..100).collect::<Vec<i64>>().into()));
        let schema = schema();
        batch.set("t", Column::texts((0..100).map(|_| Some("t")).collect()));
        let (prepared, flawed) = validate(&batch, &schema, UnknownFields::Reject);
        assert_eq!((prepared.rows().len(), flawed.len()), (100, 0));
        let mut gather = Gather::new(&schema);
        gather.add(&prepared, 0, LIMITS, Instant::now(), &mut VecDeque::new());
        assert!((100_000..200_000).contains(&gather.held()), "{}", gather.held());
    }

    #[test]
    fn a_single_row_may_be_larger_than_the_limit() {
        let limits = Limits { bytes: 1000, ..LIMITS };
        let (closed, open) = added(limits, &[&[(1, "a", 5000), (2, "a", 1)]]);
        assert_eq!((closed, open), (vec!["a 1/1".to_owned()], vec!["a 1/1".to_owned()]));
    }

    #[test]
    fn a_key_that_moves_is_taken_out_of_the_request_where_it_was() {
        let (closed, open) = added(LIMITS, &[&[(1, "a", 0), (2, "a", 0)], &[(1, "b", 0)], &[(2, "b", 0), (3, "c", 0)]]);
        assert_eq!((closed, open), (vec![], vec!["b 2/4".to_owned(), "c 1/1".to_owned()]));
    }

    #[test]
    fn parts_of_a_row_are_sent_in_their_order_where_one_does_not_replace_the_other() {
        let schema = schema();
        let mut gather = Gather::new(&schema);
        let (now, mut closed, mut open) = (Instant::now(), VecDeque::new(), VecDeque::new());
        // Which of the rows 1 and 2 bring their text.
        for (batch, texts) in (0..).zip([[false, true], [true, true], [false, true], [false, false]]) {
            let mut rows = upserts(&[1, 2]);
            rows.set("t", Column::texts(texts.iter().map(|has| has.then_some("x")).collect()));
            let (prepared, flawed) = validate(&rows, &schema, Rules { partial: true, ..Rules::default() });
            assert_eq!(flawed, []);
            gather.add(&prepared, batch, LIMITS, now, &mut closed);
        }
        gather.close_due(now, true, &mut open);
        let shown = |request: &Request| {
            let mut tokens: Vec<_> = request.tokens().map(|token| (token.batch, token.record)).collect();
            tokens.sort_unstable();
            (request.rows(), tokens)
        };
        // A text replaces the key alone, but the key alone leaves the text as it is.
        let closed: Vec<_> = closed.iter().map(shown).collect();
        assert_eq!(closed, [(2, vec![(0, 0), (0, 1), (1, 0), (1, 1)]), (1, vec![(2, 1)])]);
        let open: Vec<_> = open.iter().map(shown).collect();
        assert_eq!(open, [(2, vec![(2, 0), (3, 0), (3, 1)])]);
    }

    #[test]
    fn a_key_that_moves_on_and_on_waits_no_longer_than_its_first_row() {
        let schema = schema();
        let mut gather = Gather::new(&schema);
        let (start, mut closed) = (Instant::now(), VecDeque::new());
        for step in 0..10 {
            let name = if step % 2 == 0 { "a" } else { "b" };
            let now = start + Duration::from_millis(100) * step;
            gather.close_due(now, false, &mut closed);
            gather.add(&rows(&schema, &[(1, name, 0)]), u64::from(step), LIMITS, now, &mut closed);
        }
        let versions: Vec<usize> = closed.iter().map(Request::versions).collect();
        assert_eq!(versions, [5], "closed when the first is 500 ms old");
    }

    #[test]
    fn places_of_closed_requests_are_forgotten() {
        let schema = schema();
        let mut gather = Gather::new(&schema);
        let (now, mut closed) = (Instant::now(), VecDeque::new());
        for batch in 0..20 {
            let ids: Vec<_> = (0..1000).map(|id| (batch * 1000 + id, "a", 0)).collect();
            gather.add(&rows(&schema, &ids), batch as u64, LIMITS, now, &mut closed);
        }
        assert!(gather.places.count() <= 2 * gather.versions() + STALE, "{}", gather.places.count());
    }
}
