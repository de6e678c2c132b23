//! What the file asks for and a server of that version does not know. Such servers leave it out without a word, and one
//! of them comes to harm by it: Milvus 2.3.5 does not recover from a field of Timestamptz.

use super::wanted::{Wanted, WantedField};
use crate::batch::VectorType;
use crate::sink::server::Server;
use crate::target::FieldType;

/// The version of Milvus that first has it.
type Since = [u32; 3];

/// What the server lacks for the collection, with what to do.
pub(super) fn lacks(server: &Server, wanted: &Wanted) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut ask = |since: Since, field: &WantedField, what: &str| {
        if server.is_before(since) {
            let [major, minor, _] = since;
            let (name, server) = (&field.field.name, &server.name);
            lacks.push(format!(
                "[milvus.create]: field `{name}` is {what}, which Milvus has from {major}.{minor} on, and this is \
                 {server}: take a newer Milvus, or change the field"
            ));
        }
    };
    for field in &wanted.fields {
        if let Some(since) = since(&field.field.ty) {
            ask(since, field, &field.field.ty.to_string());
        }
        if field.field.nullable {
            ask([2, 5, 0], field, "nullable");
        }
        if field.default.is_some() {
            ask([2, 5, 0], field, "with a default value");
        }
        if field.analyzer.is_some() {
            ask([2, 5, 0], field, "with an analyzer");
        }
        if field.clustering_key {
            ask([2, 4, 0], field, "the clustering key");
        }
    }
    let mut vectors = wanted.fields.iter().filter(|field| matches!(field.field.ty, FieldType::Vector { .. }));
    if let Some(second) = vectors.nth(1) {
        ask([2, 4, 0], second, "a second vector");
    }
    lacks
}

/// Since when there is the type; none for those that every server has which Kiteline knows.
fn since(ty: &FieldType) -> Option<Since> {
    match ty {
        FieldType::Text | FieldType::Timestamptz | FieldType::Geometry => Some([2, 6, 0]),
        FieldType::Vector { ty, .. } => match ty {
            VectorType::Float | VectorType::Binary => None,
            VectorType::Float16 | VectorType::BFloat16 | VectorType::SparseFloat => Some([2, 4, 0]),
            VectorType::Int8 => Some([2, 6, 0]),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks_of(server: &str, fields: &str) -> Vec<String> {
        let text = format!("fields = [{{ name = 'id', type = 'Int64', primary_key = true }}, {fields}]");
        let wanted = Wanted::of(&toml::from_str(&text).expect("the table is right")).expect("it can be created");
        lacks(&Server::of(server), &wanted)
    }

    #[test]
    fn what_an_older_server_does_not_know_is_told_by_field() {
        let fields = "{ name = 'a', type = 'FloatVector(4)' }, { name = 'b', type = 'SparseFloatVector' },
            { name = 'c', type = 'Int64', nullable = true, default = 1 }, { name = 'd', type = 'Timestamptz' }";
        let told = lacks_of("v2.3.5-lite", fields);
        insta::assert_snapshot!(told.join("\n"), @r"
        [milvus.create]: field `b` is SparseFloatVector, which Milvus has from 2.4 on, and this is v2.3.5-lite: take a newer Milvus, or change the field
        [milvus.create]: field `c` is nullable, which Milvus has from 2.5 on, and this is v2.3.5-lite: take a newer Milvus, or change the field
        [milvus.create]: field `c` is with a default value, which Milvus has from 2.5 on, and this is v2.3.5-lite: take a newer Milvus, or change the field
        [milvus.create]: field `d` is Timestamptz, which Milvus has from 2.6 on, and this is v2.3.5-lite: take a newer Milvus, or change the field
        [milvus.create]: field `b` is a second vector, which Milvus has from 2.4 on, and this is v2.3.5-lite: take a newer Milvus, or change the field
        ");
        assert_eq!(lacks_of("v2.5.3", fields).len(), 1);
        for newer in ["v2.6.4", "milvus_lite", ""] {
            assert_eq!(lacks_of(newer, fields), [""; 0], "{newer}");
        }
    }
}
