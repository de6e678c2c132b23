//! Rows that are deleted by their keys, and rows that move.

use super::*;
use crate::batch::Names;

fn deletes(columns: (&str, Column)) -> Batch {
    let mut rows = batch([columns]);
    rows.set_operations(Operations::All(Operation::Delete));
    rows
}

async fn count(client: &Client, name: &str) -> u64 {
    client.count(name, "").await.expect("counts")
}

pub(super) async fn rows_are_deleted_by_integers(server: Server) {
    let client = server.connect().await;
    let schema = Schema::new(collection("deleted_ints", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "deleted_ints", schema).await;
    load(&client, "deleted_ints").await;
    let all = [i64::MIN, -1, 0, 1, 2, i64::MAX];
    write(&client, &described, &batch([("id", ids(all)), ("vector", vectors(6))]), None).await.expect("writes");

    // Of absent keys, and of no key that is there, nothing is said.
    write(&client, &described, &deletes(("id", ids([100, -100]))), None).await.expect("deletes nothing");
    assert_eq!(count(&client, "deleted_ints").await, 6);
    write(&client, &described, &deletes(("id", ids([i64::MIN, -1, 2, i64::MAX, 7]))), None).await.expect("deletes");
    let left = super::all(&client, "deleted_ints", &[]).await;
    assert_eq!(left.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [0, 1]);
}

pub(super) async fn rows_are_deleted_by_texts_of_any_characters(server: Server) {
    let client = server.connect().await;
    let id = Field { primary: true, ..field("id", varchar(65_535)) };
    let described = make(
        &client,
        "deleted_texts",
        Schema::new(collection("deleted_texts", [id, field("vector", float_vector(4))])),
    )
    .await;
    load(&client, "deleted_texts").await;
    let longest = "k\"".repeat(32_767) + "k";
    let nasty = [
        "a\"b",
        "\\",
        "\\\\",
        "\\\"",
        "it's",
        "日本",
        "😀",
        "a\nb",
        "a\\nb",
        "\r",
        "\t",
        "\0",
        "\u{1}\u{1f}\u{7f}",
        "\u{8}\u{c}",
        "\u{2028}",
        "{x}",
        "\\u0041",
        "%",
        "",
        &longest,
    ];
    let others = ["a", "b", "A"];
    let keys = texts(nasty.into_iter().chain(others));
    let rows = batch([("id", keys), ("vector", vectors(nasty.len() + others.len()))]);
    write(&client, &described, &rows, None).await.expect("writes");
    assert_eq!(count(&client, "deleted_texts").await, 23);
    for key in nasty {
        let before = count(&client, "deleted_texts").await;
        write(&client, &described, &deletes(("id", texts([key]))), None).await.expect("deletes");
        assert_eq!(count(&client, "deleted_texts").await, before - 1, "{:?}", &key[..key.len().min(20)]);
    }
    // All at once, too.
    write(&client, &described, &rows, None).await.expect("writes");
    write(&client, &described, &deletes(("id", texts(nasty))), None).await.expect("deletes");
    let left = all(&client, "deleted_texts", &[]).await;
    assert_eq!(left.iter().map(|row| &row["id"]).collect::<Vec<_>>(), ["A", "a", "b"]);
}

pub(super) async fn ten_thousand_rows_are_deleted_in_a_request(server: Server) {
    let client = server.connect().await;
    let id = Field { primary: true, ..field("id", varchar(100)) };
    let schema = Schema::new(collection("deleted_many", [id, field("vector", float_vector(4))]));
    let described = make(&client, "deleted_many", schema).await;
    let keys: Vec<String> = (0..10_000).map(|n| format!("topic/{n}/some longer key")).collect();
    let column = |keys: &[String]| Column::texts(keys.iter().map(Some).collect());
    let rows = batch([("id", column(&keys)), ("vector", vectors(10_000))]);
    write(&client, &described, &rows, None).await.expect("writes");
    // Also before the collection is loaded.
    write(&client, &described, &deletes(("id", column(&keys[..9_999]))), None).await.expect("deletes");
    load(&client, "deleted_many").await;
    assert_eq!(count(&client, "deleted_many").await, 1);
    write(&client, &described, &deletes(("id", column(&keys))), None).await.expect("deletes");
    assert_eq!(count(&client, "deleted_many").await, 0);
}

pub(super) async fn a_row_whose_key_milvus_made_is_deleted(server: Server) {
    let client = server.connect().await;
    let fields = [Field { auto_id: true, ..key("id") }, field("vector", float_vector(4))];
    let described = make(&client, "deleted_auto", Schema::new(collection("deleted_auto", fields))).await;
    load(&client, "deleted_auto").await;
    let mut rows = batch([("vector", vectors(3))]);
    rows.set_operations(Operations::All(Operation::Insert));
    write(&client, &described, &rows, None).await.expect("writes");
    let found = all(&client, "deleted_auto", &[]).await;
    let first = found[0]["id"].as_i64().expect("an integer");
    write(&client, &described, &deletes(("id", ids([first]))), None).await.expect("deletes");
    assert_eq!(count(&client, "deleted_auto").await, 2);
}

pub(super) async fn a_row_that_moves_to_another_partition_leaves_no_second_one(server: Server) {
    let client = server.connect().await;
    let schema = Schema::new(collection("moved", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "moved", schema).await;
    load(&client, "moved").await;
    let partitions =
        Partitions::new(client.clone(), &described.schema.collection.name, described.partitions.clone(), Some(9));
    for partition in ["a", "b"] {
        partitions.ensure(partition).await.expect("is made");
    }
    let rows = batch([("id", ids([1, 2, 3])), ("vector", vectors(3))]);
    client.write(&request(&described, &rows, Some("a"))).await.expect("writes");

    // What an upsert alone leaves behind.
    client.write(&request(&described, &rows.slice(0, 1), Some("b"))).await.expect("writes");
    assert_eq!(count(&client, "moved").await, if server == Server::Milvus { 4 } else { 3 });

    let moves = request(&described, &rows.slice(0, 2), Some("b"));
    client.delete_before(&moves).await.expect("deletes");
    assert_eq!(count(&client, "moved").await, 1);
    client.write(&moves).await.expect("writes");
    assert_eq!(count(&client, "moved").await, 3);
    for (partition, keys) in [("a", &[3][..]), ("b", &[1, 2]), ("_default", &[])] {
        let found = all(&client, "moved", &[partition]).await;
        assert_eq!(found.iter().map(|row| &row["id"]).collect::<Vec<_>>(), keys, "{partition}");
    }
}

/// An upsert looks for the key in all partitions itself where a partition key decides where rows go.
pub(super) async fn a_row_that_changes_its_partition_key_leaves_no_second_one(server: Server) {
    let client = server.connect().await;
    let kind = Field { partition_key: true, ..field("kind", varchar(20)) };
    let schema = Schema::new(collection("rekeyed", [key("id"), kind, field("vector", float_vector(4))]));
    let described = make(&client, "rekeyed", schema).await;
    load(&client, "rekeyed").await;
    let rows = |kind: &str, operation| {
        let kinds: Vec<String> = (0..20).map(|n| format!("{kind}{n}")).collect();
        let kinds = Column::texts(kinds.iter().map(Some).collect());
        let mut rows = batch([("id", ids(0..20)), ("kind", kinds), ("vector", vectors(20))]);
        rows.set_operations(Operations::All(operation));
        rows
    };
    for (kind, operation) in [("a", Operation::Insert), ("b", Operation::Upsert), ("c", Operation::Upsert)] {
        write(&client, &described, &rows(kind, operation), None).await.expect("writes");
        assert_eq!(count(&client, "rekeyed").await, 20, "{kind}");
    }
    let found = all(&client, "rekeyed", &[]).await;
    assert!(found.iter().all(|row| row["kind"].as_str().is_some_and(|kind| kind.starts_with('c'))), "{found:?}");
    // A delete names no partition, whatever the row says.
    let mut rows = deletes(("id", ids(0..20)));
    rows.set_partitions(Names::All(Some("p".into())));
    write(&client, &described, &rows, None).await.expect("deletes");
    assert_eq!(count(&client, "rekeyed").await, 0);
}
