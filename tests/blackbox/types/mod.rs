//! Every type of Milvus, written through Kafka and the whole pipeline: read back from the servers that have it, and held
//! against what pymilvus sends for the same rows. What each cell came to is the table of `docs/types.md`.

mod cases;
mod csv;
mod formats;
mod producers;
mod protobuf;
mod recorded;
mod servers;
mod table;

use std::collections::BTreeMap;

use super::support::collection::Milvus;
use formats::FORMATS;

/// What was found, or why nothing was tried, by the name of the case.
type Cells = BTreeMap<&'static str, String>;

/// A cell of which all was as it should be.
const EQUAL: &str = "yes";

#[test]
fn every_type_is_written_right_and_the_documentation_says_which_were_tried() {
    let mut tables = String::new();
    for format in &FORMATS {
        let lite = servers::cells(&Milvus::lite(), format, |case| &case.lite);
        let recorded = recorded::cells(format);
        let real = servers::cells(&Milvus::real(), format, |case| &case.real);
        tables.push_str(&table::of(
            format.name,
            &[("Milvus Lite 3.2.2", &lite), ("Milvus 2.3.5", &real), ("protocol", &recorded)],
        ));
    }
    table::check("every_type_is_written_right", &tables);
}

#[test]
fn every_type_is_read_and_written_by_a_plugin() {
    let format = &producers::REWRITTEN;
    let lite = servers::cells(&Milvus::lite(), format, |case| &case.lite);
    let recorded = recorded::cells(format);
    let missed = lite.keys().filter(|name| lite[*name] != EQUAL && recorded[*name] != EQUAL);
    // No server has it, and no client writes it.
    assert_eq!(missed.collect::<Vec<_>>(), [&"text"]);
}

#[test]
fn every_type_is_read_from_other_peoples_serializers_and_the_documentation_says_which_were_tried() {
    let mut formats = vec![producers::CONFLUENT_AVRO, producers::CONFLUENT_JSON];
    let no_connect = producers::no_connect();
    if no_connect.is_none() {
        formats.push(producers::CONNECT_JSON);
    }
    let cells = formats.iter().map(|format| {
        // What Milvus Lite does not have is tried by protocol.
        let (mut cells, recorded) =
            (servers::cells(&Milvus::lite(), format, |case| &case.lite), recorded::cells(format));
        for (name, cell) in &mut cells {
            if cell != EQUAL {
                *cell = if recorded[name] == EQUAL { "by protocol".into() } else { format!("Milvus Lite {cell}") };
            }
        }
        (format.name, cells)
    });
    let cells: Vec<(&str, Cells)> = cells.collect();
    match no_connect {
        Some(reason) => println!("skipped Kafka Connect's converter: {reason}"),
        None => {
            let columns: Vec<(&str, &Cells)> = cells.iter().map(|(name, cells)| (*name, cells)).collect();
            table::check(
                "every_type_is_read_from_other_peoples_serializers",
                &table::of("Other people's serializers", &columns),
            );
        }
    }
}
