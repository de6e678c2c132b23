//! What the rows are written to: the live Milvus schema. It can change between two calls of
//! [`process`](crate::Plugin::process), never during one. For a collection or field that does not exist, functions
//! answer none, false or an empty list; in a check without servers there is no collection at all. A call takes about
//! 0.2 µs. May be called in [`new`](crate::Plugin::new) and `process`.

pub use crate::host::target::{
    auto_id, collections, dim, dynamic, element_type, field_type, fields, has_default, max_capacity, max_length,
    nullable, partition_key, primary_key,
};
