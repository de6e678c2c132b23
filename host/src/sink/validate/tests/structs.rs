//! Arrays of structs.

use super::*;

fn chunks() -> FieldType {
    let members = vec![field("page", FieldType::Int8), field("text", varchar(3)), field("emb", float_vector(2))];
    array(FieldType::Struct(members), 2)
}

#[test]
fn an_array_of_structs_is_taken_apart_by_members() {
    let rows = [
        r#"[{"page": 1, "text": "a", "emb": [1, 2]}, {"emb": "[3, 4]", "text": "b", "page": 2}]"#,
        "[]",
        r#"[{"page": 3, "text": "", "emb": [5, 6]}]"#,
    ];
    let made = made(chunks(), json_values(rows));
    let structs = made.as_struct();
    let pages = structs.column(0).as_list::<i32>();
    assert_eq!(pages.value_offsets(), [0, 2, 2, 3]);
    assert_eq!(pages.values().as_primitive::<arrow_array::types::Int64Type>().values(), &[1, 2, 3]);
    let vectors = structs.column(2).as_list::<i32>().values().as_list::<i32>();
    assert_eq!(vectors.values().as_primitive::<Float32Type>().values(), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn every_member_of_a_struct_is_there_and_follows_the_rules_of_its_type() {
    for (row, reason) in [
        (r#"{"page": 1}"#, "an object where Array of Struct is needed"),
        ("[1]", "an array with a number where Array of Struct is needed"),
        (r#"[{"page": 1, "text": "a"}]"#, "`emb` of an element: no value, and the collection has no default"),
        (
            r#"[{"page": null, "text": "a", "emb": [1, 2]}]"#,
            "`page` of an element: no value, and the collection has no default",
        ),
        (r#"[{"page": 1, "text": "a", "emb": [1, 2], "more": 1}]"#, "a member that its elements do not have"),
        (
            r#"[{"page": 1, "text": "a", "emb": [1, 2]}, {"page": 128, "text": "a", "emb": [1, 2]}]"#,
            "`page` of an element: an integer outside the range of Int8",
        ),
        (
            r#"[{"page": 1, "text": "four", "emb": [1, 2]}]"#,
            "`text` of an element: a text of 4 bytes where 3 are the most",
        ),
        (r#"[{"page": 1, "text": "a", "emb": [1]}]"#, "`emb` of an element: 1 dimensions where 2 are needed"),
        ("null", "no value, and the collection has no default"),
    ] {
        assert_eq!(reasons(chunks(), json_values(["[]", row])), [String::new(), format!("field `f`: {reason}")]);
    }
    let element = r#"{"page": 1, "text": "a", "emb": [1, 2]}"#;
    let three = format!("[{element},{element},{element}]");
    assert_eq!(reasons(chunks(), json_values([&*three])), ["field `f`: 3 elements where 2 are the most"]);
}
