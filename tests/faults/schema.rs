//! The collection dropped and made again while the pipeline runs, the second time with a field more.

use kiteline::target::{Field, FieldType};

use super::harness::producer::Plan;
use super::harness::record::Shape;
use super::harness::run::Run;
use super::harness::setup::Setup;

#[test]
fn a_collection_that_is_dropped_and_made_again_takes_what_comes_after() {
    let (run, producer) = Run::new("recreated", Setup::shared(plan()));
    let feed = producer.feed(500);
    let mut kiteline = [run.start()];
    // At once: there is a moment in which it is gone.
    run.progress(&mut kiteline, 500);
    run.collection.remove();
    run.collection.create(&[]);
    run.dropped_meanwhile();
    run.progress(&mut kiteline, 500);
    // Gone for a while, then with a field more that all rows bring.
    run.collection.remove();
    run.dropped(&mut kiteline);
    run.collection.create(&[Field::new("more", FieldType::VarChar { max_length: 32 })]);
    run.progress(&mut kiteline, 1000);
    feed.stop();
    run.settle(&mut kiteline);
    run.account("collection dropped and made again twice, once with a field more");
}

#[test]
fn on_lite_a_collection_that_is_dropped_and_made_again_takes_what_comes_after() {
    let (run, producer) = Run::new("recreated_lite", Setup::shared_lite(plan()));
    let feed = producer.feed(200);
    let mut kiteline = [run.start()];
    run.progress(&mut kiteline, 200);
    run.collection.remove();
    run.dropped(&mut kiteline);
    let more = Field { nullable: true, ..Field::new("more", FieldType::VarChar { max_length: 32 }) };
    run.collection.create(&[more]);
    run.progress(&mut kiteline, 300);
    feed.stop();
    run.settle(&mut kiteline);
    run.account("Milvus Lite: collection dropped and made again with a field more");
}

fn plan() -> Plan {
    Plan { shape: Shape { dim: 4, more: true }, ..Plan::new(1000, 4) }
}
