//! Rows that replace a part of the fields only.

use super::*;

/// A batch of upserts that bring what they have.
fn parts<'a>(described: &Described, columns: impl IntoIterator<Item = (&'a str, Column)>) -> Request {
    request_by(Rules { partial: true, ..Rules::default() }, described, &batch(columns), None)
}

#[test]
fn the_fields_that_a_row_does_not_bring_stay_as_they_are() {
    on(Server::Lite, async |server: Server| {
        let client = server.connect().await;
        assert!(client.takes_partial_updates());
        let fields =
            [key("id"), field("n", FieldType::Int64), field("t", varchar(20)), field("vector", float_vector(4))];
        let schema = Schema::new(Collection { dynamic: true, ..collection("parts", fields) });
        let described = make(&client, "parts", schema.with_default("t", DefaultValue::Text("none".into()))).await;
        load(&client, "parts").await;
        let columns = [("id", ids([1, 2])), ("n", ids([10, 20])), ("t", texts(["a", "b"])), ("vector", vectors(2))];
        let columns = columns.into_iter().chain([("x", ids([1, 1])), ("y", ids([2, 2]))]);
        client.write(&parts(&described, columns)).await.expect("writes whole rows");

        client.write(&parts(&described, [("id", ids([1])), ("n", ids([11]))])).await.expect("writes");
        client.write(&parts(&described, [("id", ids([2])), ("x", ids([5]))])).await.expect("writes");
        let found = all(&client, "parts", &[]).await;
        let of = |row: usize| ["n", "t", "x", "y"].map(|name| found[row][name].clone());
        assert_eq!(of(0), [json!(11), json!("a"), json!(1), json!(2)]);
        assert_eq!(of(1), [json!(20), json!("b"), json!(5), json!(2)]);
        assert!(found.iter().all(|row| row["vector"].as_array().is_some_and(|vector| vector.len() == 4)));

        let error = client.write(&parts(&described, [("id", ids([3])), ("n", ids([1]))])).await;
        assert_eq!(error.expect_err("a new row has no vector").class, Class::Refused);
    });
}

#[test]
fn a_server_that_updates_no_parts_is_known() {
    on(Server::Milvus, async |server: Server| assert!(!server.connect().await.takes_partial_updates()));
}
