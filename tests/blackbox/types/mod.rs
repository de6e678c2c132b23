//! Every type of Milvus, written through Kafka and the whole pipeline: read back from the servers that have it, and held
//! against what pymilvus sends for the same rows. What each cell came to is the table of `docs/types.md`.

mod cases;
mod formats;
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
            format,
            &[("Milvus Lite 3.2.2", &lite), ("Milvus 2.3.5", &real), ("protocol", &recorded)],
        ));
    }
    table::check(&tables);
}
