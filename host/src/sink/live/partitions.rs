//! Rows that name their partition, and collections that decide it by a key.

use super::*;
use crate::batch::Names;

pub(super) async fn rows_go_to_the_partitions_that_are_made_for_them(server: Server) {
    let client = server.connect().await;
    let schema = Schema::new(collection("routed", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "routed", schema).await;
    load(&client, "routed").await;
    let name = &described.schema.collection.name;
    let partitions = Partitions::new(client.clone(), name, described.partitions.clone(), Some(3));
    for partition in ["red", "blue", "red", "_default"] {
        partitions.ensure(partition).await.expect("is made or there");
    }
    let refused = partitions.ensure("green").await.expect_err("is one too many");
    let PartitionError::Rejected(reason) = refused else { panic!("{refused:?}") };
    assert_eq!(
        reason,
        "the collection has 3 partitions and none of the name that the row gives; `max_partitions` allows no more"
    );

    // Another process knows nothing of these, and still makes none twice.
    let other = Partitions::new(client.clone(), name, described.partitions.clone(), Some(3));
    other.ensure("blue").await.expect("is there");
    let none = Partitions::new(client.clone(), name, described.partitions.clone(), None);
    let refused = none.ensure("grey").await.expect_err("is not there");
    assert!(
        matches!(&refused, PartitionError::Rejected(reason) if reason.contains("`create_partitions` is off")),
        "{refused:?}"
    );

    for (partition, id) in [(Some("red"), 1), (Some("blue"), 2), (None, 3)] {
        let rows = batch([("id", ids([id])), ("vector", vectors(1))]);
        write(&client, &described, &rows, partition).await.expect("writes");
    }
    for (partition, id) in [("red", 1), ("blue", 2), ("_default", 3)] {
        let found = all(&client, "routed", &[partition]).await;
        assert_eq!(found.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [id], "{partition}");
    }
    let rows = batch([("id", ids([4])), ("vector", vectors(1))]);
    let error = write(&client, &described, &rows, Some("grey")).await.expect_err("is not there");
    assert_eq!((error.class, error.code), (Class::NoPartition, Code::Milvus(200)));
}

pub(super) async fn a_partition_key_decides_where_rows_go(server: Server) {
    let client = server.connect().await;
    let kind = Field { partition_key: true, ..field("kind", varchar(20)) };
    let schema = Schema::new(collection("keyed", [key("id"), kind, field("vector", float_vector(4))]));
    let described = make(&client, "keyed", schema).await;
    assert_eq!(described.schema.collection.partition_key().map(|field| &*field.name), Some("kind"));
    let kinds = texts(["a", "b", "a"]);
    let mut rows = batch([("id", ids([1, 2, 3])), ("kind", kinds), ("vector", vectors(3))]);
    rows.set_operations(Operations::All(Operation::Insert));
    write(&client, &described, &rows, None).await.expect("writes");
    load(&client, "keyed").await;
    let query = Query { filter: "kind == 'a'", fields: &["id"], partitions: &[], limit: 10 };
    assert_eq!(client.query("keyed", &query).await.expect("answers").len(), 2);

    // What Milvus 2.3.5 does with an upsert is told before.
    let warnings = client.warnings(&described.schema, Operation::Upsert);
    let misplaces = warnings.iter().any(|warning| warning.contains("a filter on the partition key `kind`"));
    assert_eq!(misplaces, server == Server::Milvus, "{warnings:?}");

    rows.set_partitions(Names::All(Some("p".into())));
    let (_, rejections) = validate(&rows, &described.schema, UnknownFields::Dynamic);
    assert_eq!(rejections.len(), 3);
}
