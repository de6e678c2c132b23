//! Rows of CSV, with a column of every kind of type.

use std::sync::Arc;

use kiteline::batch::{Element, Type, VectorType};
use kiteline::decode::{CsvLayout, Decoder, Plan, Settled};

use super::{Run, value};
use crate::decoding::Decoding;

pub(super) fn rows() -> Run {
    let mut plan = Plan::default();
    plan.settle("id", Type::Int, Settled::Declared);
    plan.settle("score", Type::Float64, Settled::Target);
    plan.settle("tags", Type::Array(Element::Text), Settled::Target);
    plan.settle("v", Type::Vector(VectorType::Float), Settled::Declared);
    plan.settle("meta", Type::Json, Settled::Declared);
    let columns = ["id", "title", "score", "tags", "v", "meta"].map(Arc::from).to_vec();
    let layout = Arc::new(CsvLayout { columns, delimiter: b',', quote: b'"' });
    let mut decoding = Decoding::new(Decoder::csv(layout, plan));
    Box::new(move |input| decoding.between(value(b"7,right,0.5,[],\"[1, 2]\",{}"), value(input)))
}
