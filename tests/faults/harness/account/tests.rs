//! That the checker sees what it is there to see.

use std::collections::HashMap;

use super::super::record::Bad;
use super::*;

const SHAPE: Shape = Shape { dim: 2, more: false };

/// Three operations on one key, one on another, and a bad record, all in partition 0.
fn sent() -> Vec<Sent> {
    let record =
        |(offset, (key, what)): (usize, (u32, What))| Sent { key, what, partition: 0, offset: Some(offset as i64) };
    let whats = [(1, What::Upsert), (2, What::Upsert), (1, What::Delete), (1, What::Upsert), (2, What::Bad(Bad::Cut))];
    whats.into_iter().enumerate().map(record).collect()
}

fn row(key: u32, seq: u32) -> (String, Vec<Map<String, Value>>) {
    let id = record::key(key);
    let row = Map::from_iter(record::row(&id, seq, SHAPE));
    (id, vec![row])
}

fn rows(of: &[(u32, u32)]) -> Rows {
    let by_key: HashMap<_, _> = of.iter().map(|(key, seq)| row(*key, *seq)).collect();
    Rows { count: by_key.len() as u64, by_key }
}

fn letter(offset: i64) -> Letter {
    let value = record::value(What::Bad(Bad::Cut), &record::key(2), offset as u32, SHAPE);
    Letter { partition: 0, offset, stage: "decode".into(), reason: "not JSON: …".into(), said: String::new(), value }
}

fn account(sent: &[Sent], rows: &Rows, letters: &[Letter]) -> Account {
    of(sent, rows, letters, &Allowed { shape: SHAPE, ..Allowed::default() })
}

#[test]
fn what_arrived_is_clean_and_every_record_is_counted_once() {
    let account = account(&sent(), &rows(&[(1, 3), (2, 1)]), &[letter(4)]);
    assert!(account.is_clean(), "{account}");
    let Account { records, written, overtaken, deleted, dead_lettered, dropped, .. } = account;
    assert_eq!((records, written, overtaken, deleted, dead_lettered, dropped), (5, 2, 2, 0, 1, 0));
}

#[test]
fn a_row_or_a_letter_that_is_not_there_is_lost() {
    let account = account(&sent(), &rows(&[(1, 3)]), &[]);
    assert_eq!((account.lost.len(), account.doubled.len(), account.wrong.len()), (2, 0, 0), "{account}");
    assert!(account.lost[0].contains("record 1 (0/1, Upsert of k0000002)"), "{account}");
}

#[test]
fn a_row_that_the_collection_counts_and_does_not_show_is_doubled() {
    let doubled = Rows { count: 3, ..rows(&[(1, 3), (2, 1)]) };
    let twice = [letter(4), letter(4)];
    let account = account(&sent(), &doubled, &twice);
    assert_eq!((account.lost.len(), account.doubled.len(), account.wrong.len()), (0, 2, 0), "{account}");
    let allowed = Allowed { repeated_letters: true, shape: SHAPE, ..Allowed::default() };
    assert!(of(&sent(), &rows(&[(1, 3), (2, 1)]), &twice, &allowed).is_clean());
}

#[test]
fn an_older_or_another_row_and_a_letter_for_a_good_record_are_wrong() {
    let older = account(&sent(), &rows(&[(1, 0), (2, 1)]), &[letter(4)]);
    assert_eq!(older.wrong.len(), 1, "{older}");
    let mut other = rows(&[(1, 3), (2, 1)]);
    other.by_key.get_mut(&record::key(1)).expect("there")[0]["level"] = 77.into();
    assert_eq!(account(&sent(), &other, &[letter(4)]).wrong.len(), 1);
    let strange = rows(&[(1, 3), (2, 1), (9, 0)]);
    assert_eq!(account(&sent(), &strange, &[letter(4)]).wrong.len(), 1);
    let good = account(&sent(), &rows(&[(1, 3), (2, 1)]), &[letter(4), letter(3), letter(77)]);
    assert_eq!(good.wrong.len(), 2, "{good}");
}

#[test]
fn a_deleted_row_that_is_there_is_wrong() {
    let deleted = &sent()[..3];
    assert_eq!(account(deleted, &rows(&[(2, 1)]), &[]).deleted, 1);
    assert_eq!(account(deleted, &rows(&[(1, 0), (2, 1)]), &[]).wrong.len(), 1);
}

#[test]
fn what_is_committed_must_be_there_or_overtaken() {
    let missing = |committed: i64, rows: &Rows, letters: &[Letter]| {
        missing_below(&sent(), &[committed], rows, letters, &Allowed::default())
    };
    assert_eq!(missing(0, &rows(&[]), &[]), <[String; 0]>::default());
    assert_eq!(missing(1, &rows(&[]), &[]), <[String; 0]>::default(), "the deletion came already");
    assert_eq!(missing(4, &rows(&[]), &[]).len(), 2);
    assert_eq!(missing(4, &rows(&[(1, 0), (2, 1)]), &[]).len(), 1, "an older row");
    assert_eq!(missing(5, &rows(&[(1, 3), (2, 1)]), &[]).len(), 1, "no dead letter");
    assert_eq!(missing(5, &rows(&[(1, 3), (2, 1)]), &[letter(4)]), <[String; 0]>::default());
}
