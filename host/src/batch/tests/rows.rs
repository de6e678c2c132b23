//! Choosing, repeating and joining rows.

use arrow_array::{BooleanArray, UInt32Array};
use proptest::prelude::*;

use super::*;
use crate::json::generate::object;

/// All that a row is: its record, operation, collection, partition, and its fields that have a value.
type Row = (u32, Operation, Option<String>, Option<String>, Vec<(String, String)>);

fn rows(batch: &Batch) -> Vec<Row> {
    let row = |row: usize| {
        let fields = batch.fields().filter_map(|(name, _)| {
            let text = batch.read(name).json_text(row)?;
            Some((name.to_string(), text.into_owned()))
        });
        let mut fields: Vec<_> = fields.collect();
        fields.sort();
        let collection = batch.collections().get(row).map(str::to_owned);
        let partition = batch.partitions().get(row).map(str::to_owned);
        (batch.record_of()[row], batch.operations().get(row), collection, partition, fields)
    };
    (0..batch.rows()).map(row).collect()
}

/// A batch of random fields, whose rows go different ways.
fn routed(payloads: &[String]) -> Batch {
    let mut batch = batch(&[("a", Type::Vector(VectorType::Float)), ("b", Type::Text)], payloads);
    let all = 0..batch.rows();
    let operation = |row: usize| [Operation::Upsert, Operation::Insert, Operation::Delete][row % 3];
    batch.set_operations(Operations::Each(all.clone().map(operation).collect()));
    batch.set_partitions(Names::Each(all.map(|row| (row % 2 == 0).then(|| format!("p{row}"))).collect()));
    batch.set_collections(Names::All(Some("items".into())));
    batch
}

proptest! {
    #[test]
    fn a_filter_keeps_rows_whole(picks in prop::collection::vec((object(), any::<bool>()), 0..12)) {
        let (payloads, keep): (Vec<String>, Vec<bool>) = picks.into_iter().unzip();
        let batch = routed(&payloads);
        let kept = rows(&batch).into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(row, _)| row);
        prop_assert_eq!(rows(&batch.filter(&BooleanArray::from(keep.clone()))), kept.collect::<Vec<_>>());
    }

    #[test]
    fn rows_are_taken_whole_in_any_order_and_number(
        payloads in prop::collection::vec(object(), 1..12),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let batch = routed(&payloads);
        let places: Vec<u32> = places.iter().map(|place| place.index(payloads.len()) as u32).collect();
        let all = rows(&batch);
        let taken: Vec<Row> = places.iter().map(|place| all[*place as usize].clone()).collect();
        prop_assert_eq!(rows(&batch.take(&UInt32Array::from(places))), taken);
    }

    #[test]
    fn parts_of_a_batch_join_to_the_whole(
        payloads in prop::collection::vec(object(), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let batch = routed(&payloads);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(payloads.len() + 1)).collect();
        cuts.extend([0, payloads.len()]);
        cuts.sort_unstable();
        let parts: Vec<Batch> = cuts.windows(2).map(|cut| batch.slice(cut[0], cut[1] - cut[0])).collect();
        let sliced: Vec<Row> = parts.iter().flat_map(rows).collect();
        prop_assert_eq!(&sliced, &rows(&batch));
        let whole = Batch::concat(parts).expect("there are parts");
        prop_assert_eq!(names(&whole), names(&batch));
        prop_assert_eq!(rows(&whole), sliced);
    }

    #[test]
    fn slices_of_slices_and_what_is_taken_of_them_are_whole(
        payloads in prop::collection::vec(object(), 4..12),
        keep in prop::collection::vec(any::<bool>(), 12),
    ) {
        let batch = routed(&payloads);
        let slice = batch.slice(1, payloads.len() - 1).slice(1, payloads.len() - 3);
        let expected = rows(&batch)[2..payloads.len() - 1].to_vec();
        prop_assert_eq!(rows(&slice), expected.clone());
        let keep = keep[..slice.rows()].to_vec();
        let kept: Vec<Row> = expected.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(row, _)| row).collect();
        prop_assert_eq!(rows(&slice.filter(&BooleanArray::from(keep))), kept);
    }
}

#[test]
fn parts_with_other_fields_and_types_join_without_loss() {
    let whole = batch(&[], &[r#"{"a":1,"b":"x"}"#, r#"{"a":2}"#, r#"{"a":3}"#]);
    let mut parts: Vec<Batch> = (0..3).map(|row| whole.slice(row, 1)).collect();
    parts[1].set("a", Column::texts(vec!["two"].into()));
    parts[1].set("c", Column::floats(vec![0.5].into()));
    parts[2].remove("a");

    let joined = Batch::concat(parts).expect("there are parts");
    assert_eq!(names(&joined), ["a", "b", "c"]);
    assert_eq!(show(&joined, "a"), "1 \"two\" -");
    assert_eq!(show(&joined, "b"), "\"x\" - -");
    assert_eq!(show(&joined, "c"), "- 0.5 -");
    let column = joined.column("a").expect("the field");
    assert_eq!((column.ty(), column.other(1)), (Type::Int, Some("\"two\"")));
    assert_eq!(joined.read("a").texts().iter().collect::<Vec<_>>(), [None, Some("two"), None]);
}

#[test]
fn no_parts_join_to_nothing_and_one_to_itself() {
    assert!(Batch::concat(Vec::new()).is_none());
    let one = Batch::concat(vec![column(Type::Int, &["1"])]).expect("there is a part");
    assert_eq!(show(&one, "f"), "1");
}

#[test]
fn rows_know_their_record_after_others_have_gone() {
    let batch = column(Type::Int, &["0", "1", "2", "3"]).take(&UInt32Array::from(vec![3, 1, 1]));
    assert_eq!(batch.record_of(), [3, 1, 1]);
    assert_eq!((0..3).map(|row| batch.record(row).origin().offset).collect::<Vec<_>>(), [3, 1, 1]);
    assert_eq!((batch.rows(), batch.records().len()), (3, 4));
}
