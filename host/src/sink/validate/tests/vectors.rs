//! Vectors of all types, and the texts and bytes that stand for them.

use super::*;
use crate::batch::VectorType;
use crate::sink::testing::vector;

const SPARSE: FieldType = FieldType::Vector { ty: VectorType::SparseFloat, dim: 0 };

fn bytes<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> BinaryArray {
    BinaryArray::from_iter_values(values)
}

fn packed(ty: VectorType, dim: u32, column: Column) -> Vec<Vec<u8>> {
    let array = made(vector(ty, dim), column);
    array.as_binary::<i32>().iter().map(|bytes| bytes.expect("a vector").to_vec()).collect()
}

#[test]
fn a_vector_that_is_kept_as_bytes_has_exactly_its_dimensions() {
    for (ty, right) in
        [(VectorType::Float16, 32), (VectorType::BFloat16, 32), (VectorType::Int8, 16), (VectorType::Binary, 2)]
    {
        let column = |len| Column::vector_bytes(ty, bytes([&vec![0; len][..]]));
        assert_eq!(reasons(vector(ty, 16), column(right)), [""]);
        for wrong in [0, right - 1, right + 2] {
            let reason = format!("field `f`: {} dimensions where 16 are needed", ty.dim(wrong));
            assert_eq!(reasons(vector(ty, 16), column(wrong)), [reason], "{ty:?}");
        }
    }
}

#[test]
fn a_vector_of_16_bit_floats_holds_finite_numbers_only() {
    let reason = "field `f`: among the numbers NaN or infinity, which Milvus does not take";
    for (ty, infinity, nan, most) in
        [(VectorType::Float16, 0x7c00u16, 0xfe00u16, 0x7bff_u16), (VectorType::BFloat16, 0xff80, 0x7fc0, 0x7f7f)]
    {
        let rows = [infinity, nan, most].map(|number| [0, number].map(u16::to_le_bytes).concat());
        let column = Column::vector_bytes(ty, bytes(rows.iter().map(|row| &row[..])));
        assert_eq!(reasons(vector(ty, 2), column), [reason, reason, ""]);
    }
}

#[test]
fn vectors_are_narrowed_from_arrays_and_float_vectors() {
    let wide = || vectors(&[&[1.0, -2.5]]);
    assert_eq!(packed(VectorType::Float16, 2, wide()), [[0, 0x3c, 0, 0xc1]]);
    assert_eq!(packed(VectorType::BFloat16, 2, wide()), [[0x80, 0x3f, 0x20, 0xc0]]);
    let whole = || arrays(Element::Int, &[2], Arc::new(Int64Array::from(vec![-128, 127])));
    assert_eq!(packed(VectorType::Int8, 2, whole()), [[0x80, 0x7f]]);

    let beyond = |ty: &str| format!("field `f`: among the numbers a number beyond the range of {ty}");
    let great = || arrays(Element::Float64, &[1], Arc::new(Float64Array::from(vec![1e39])));
    assert_eq!(reasons(vector(VectorType::Float16, 1), great()), [beyond("Float16Vector")]);
    assert_eq!(reasons(vector(VectorType::BFloat16, 1), great()), [beyond("BFloat16Vector")]);
    let range = |ty: &str| format!("field `f`: among the numbers an integer outside the range of {ty}");
    let ints = || arrays(Element::Int, &[1, 1], Arc::new(Int64Array::from(vec![128, -129])));
    assert_eq!(reasons(vector(VectorType::Int8, 1), ints()), [range("Int8Vector"), range("Int8Vector")]);
    assert_eq!(reasons(vector(VectorType::Binary, 8), ints()), ["".into(), range("BinaryVector")]);
    let reason = "field `f`: among the numbers a float where Int8Vector is needed";
    assert_eq!(reasons(vector(VectorType::Int8, 2), wide()), [reason]);
    let other = Column::vector_bytes(VectorType::Float16, bytes([&[0, 0][..]]));
    assert_eq!(
        reasons(vector(VectorType::BFloat16, 1), other),
        ["field `f`: a Float16Vector where BFloat16Vector is needed"]
    );
}

#[test]
fn texts_and_bytes_stand_for_vectors() {
    let floats = made(float_vector(2), texts(["[1, -2.5]", "AACAPwAAIMA="]));
    let floats = floats.as_list::<i32>().values().as_primitive::<Float32Type>().values().to_vec();
    assert_eq!(floats, [1.0, -2.5, 1.0, -2.5]);
    let raw = made(float_vector(2), Column::bytes(bytes([&[0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0][..]])));
    assert_eq!(raw.as_list::<i32>().values().as_primitive::<Float32Type>().values(), &[1.0, -2.5]);
    assert_eq!(packed(VectorType::Int8, 2, texts(["[-128, 127]", "gH8="])), [[0x80, 0x7f]; 2]);
    assert_eq!(packed(VectorType::Int8, 2, json_values(["[-128, 127]", "\"gH8=\""])), [[0x80, 0x7f]; 2]);
    assert_eq!(packed(VectorType::Binary, 16, Column::bytes(bytes([&[0x80, 0x7f][..]]))), [[0x80, 0x7f]]);

    assert_eq!(
        reasons(float_vector(2), Column::bytes(bytes([&[0; 4][..]]))),
        ["field `f`: 4 bytes where FloatVector of 2 dimensions is needed"]
    );
    assert_eq!(
        reasons(float_vector(2), texts(["AACAPw==", "Ada Lovelace", "[1, 1e39]"])),
        [
            "field `f`: 1 dimensions where 2 are needed",
            "field `f`: a text that is neither a vector in JSON nor base64 where FloatVector is needed",
            "field `f`: a number beyond 32-bit floats where FloatVector is needed",
        ]
    );
    let nan = "AADAfwAAwH8=";
    let reason = "field `f`: among the numbers NaN or infinity, which Milvus does not take";
    assert_eq!(reasons(float_vector(2), texts([nan])), [reason]);
}

#[test]
fn sparse_vectors_have_indices_that_ascend_and_finite_values() {
    let column = |pairs: &[(u32, f32)]| {
        let (indices, values): (Vec<u32>, Vec<f32>) = pairs.iter().copied().unzip();
        let offsets = OffsetBuffer::from_lengths([indices.len()]);
        Column::sparse_vectors(offsets, None, UInt32Array::from(indices), Float32Array::from(values))
    };
    assert_eq!(reasons(SPARSE, column(&[(0, -1.0), (u32::MAX - 1, 0.5)])), [""]);
    let reason = "field `f`: an index beyond 4294967294, or one that is not above the one before";
    for wrong in [&[(u32::MAX, 1.0)][..], &[(1, 1.0), (1, 1.0)], &[(2, 1.0), (1, 1.0)]] {
        assert_eq!(reasons(SPARSE, column(wrong)), [reason]);
    }
    let reason = "field `f`: among the numbers NaN or infinity, which Milvus does not take";
    assert_eq!(reasons(SPARSE, column(&[(1, f32::NAN)])), [reason]);

    let forms = [r#"{"3": 0.5}"#, r#"{"indices":[3],"values":[0.5]}"#, "[[3, 0.5]]"];
    assert_eq!(reasons(SPARSE, json_values(forms)), ["", "", ""]);
    assert_eq!(reasons(SPARSE, texts(forms)), ["", "", ""]);
    assert_eq!(reasons(SPARSE, vectors(&[&[1.0]])), ["field `f`: an array where SparseFloatVector is needed"]);
    assert_eq!(
        reasons(SPARSE, json_values([r#"{"a": 1}"#])),
        ["field `f`: an object with a name that is no index where SparseFloatVector is needed"]
    );
}

#[test]
fn moments_and_shapes_are_texts() {
    let needed = "where Timestamptz is needed: RFC 3339 with an offset, as 2026-01-31T08:00:00+01:00";
    assert_eq!(
        reasons(FieldType::Timestamptz, texts(["2026-01-31T08:00:00Z", "2026-01-31T08:00:00"])),
        [String::new(), format!("field `f`: a moment without an offset from UTC {needed}"),]
    );
    // Nothing says in which unit.
    assert_eq!(
        reasons(FieldType::Timestamptz, ints([1_767_225_600])),
        ["field `f`: an integer where Timestamptz is needed"]
    );
    assert_eq!(
        reasons(FieldType::Geometry, texts(["POINT (1 2)", "(1, 2)"])),
        ["", "field `f`: a text that is no well-known text (WKT) where Geometry is needed",]
    );
    assert_eq!(reasons(FieldType::Text, texts([&*"x".repeat(70_000)])), [""]);
}
