//! A column: one value a row, mostly of one type.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, ListArray, StringArray,
    StructArray, UInt32Array, new_null_array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_select::concat::concat;
use arrow_select::filter::filter;
use arrow_select::take::take;

use super::types::{Element, Type, VectorType, item, pair};

/// Values of another type than their column's, as JSON text by row. Null in the column's array.
pub type Others = BTreeMap<u32, Box<str>>;

/// One value a row: an Arrow array of the column's type, and beside it the values of other types that single rows
/// hold, as JSON text. So one record with a text where all others have a vector costs what it is, and stays visible
/// to plugins and to validation. Cloning shares the memory.
#[derive(Debug, Clone)]
pub struct Column {
    ty: Type,
    array: ArrayRef,
    others: Option<Arc<Others>>,
}

impl Column {
    /// A column of that type. The array must be of the Arrow type that [`Type::arrow`] names.
    pub fn new(ty: Type, array: ArrayRef) -> Self {
        debug_assert_eq!(array.data_type(), &ty.arrow(), "array and type belong together");
        Self { ty, array, others: None }
    }

    /// A column without any value.
    pub fn nulls(ty: Type, rows: usize) -> Self {
        Self::new(ty, new_null_array(&ty.arrow(), rows))
    }

    /// The same column with values of other types beside it; the array is null in their rows.
    #[must_use]
    pub fn with_others(mut self, others: Others) -> Self {
        debug_assert!(others.keys().all(|row| self.array.is_null(*row as usize)));
        self.others = (!others.is_empty()).then(|| Arc::new(others));
        self
    }

    /// A column of texts.
    pub fn texts(array: StringArray) -> Self {
        Self::new(Type::Text, Arc::new(array))
    }

    /// A column of JSON texts.
    pub fn json(array: StringArray) -> Self {
        Self::new(Type::Json, Arc::new(array))
    }

    /// A column of bytes.
    pub fn bytes(array: BinaryArray) -> Self {
        Self::new(Type::Bytes, Arc::new(array))
    }

    /// A column of integers.
    pub fn ints(array: Int64Array) -> Self {
        Self::new(Type::Int, Arc::new(array))
    }

    /// A column of 64-bit floats.
    pub fn floats(array: Float64Array) -> Self {
        Self::new(Type::Float64, Arc::new(array))
    }

    /// A column of booleans.
    pub fn bools(array: BooleanArray) -> Self {
        Self::new(Type::Bool, Arc::new(array))
    }

    /// A column of arrays: where each row's elements end, which rows are null, and all elements.
    pub fn arrays(element: Element, offsets: OffsetBuffer<i32>, nulls: Option<NullBuffer>, elements: ArrayRef) -> Self {
        let array = ListArray::new(item(element.arrow()), offsets, elements, nulls);
        Self::new(Type::Array(element), Arc::new(array))
    }

    /// A column of vectors of 32-bit floats.
    pub fn vectors(offsets: OffsetBuffer<i32>, nulls: Option<NullBuffer>, numbers: Float32Array) -> Self {
        let array = ListArray::new(item(Element::Float32.arrow()), offsets, Arc::new(numbers), nulls);
        Self::new(Type::Vector(VectorType::Float), Arc::new(array))
    }

    /// A column of dense vectors that are kept as bytes.
    pub fn vector_bytes(ty: VectorType, array: BinaryArray) -> Self {
        Self::new(Type::Vector(ty), Arc::new(array))
    }

    /// A column of sparse vectors.
    pub fn sparse_vectors(
        offsets: OffsetBuffer<i32>,
        nulls: Option<NullBuffer>,
        indices: UInt32Array,
        values: Float32Array,
    ) -> Self {
        let pairs = StructArray::new(pair(), vec![Arc::new(indices), Arc::new(values)], None);
        let array = ListArray::new(item(pairs.data_type().clone()), offsets, Arc::new(pairs), nulls);
        Self::new(Type::Vector(VectorType::SparseFloat), Arc::new(array))
    }

    /// The column's type.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.array.is_empty()
    }

    /// The values of the column's type.
    pub fn array(&self) -> &ArrayRef {
        &self.array
    }

    /// The values of other types.
    pub fn others(&self) -> Option<&Others> {
        self.others.as_deref()
    }

    /// The value of another type that a row holds, as JSON text.
    pub fn other(&self, row: usize) -> Option<&str> {
        self.others.as_ref()?.get(&(row as u32)).map(AsRef::as_ref)
    }

    /// True where a row has no value of any type.
    pub fn is_null(&self, row: usize) -> bool {
        self.array.is_null(row) && self.other(row).is_none()
    }

    /// Bytes that the column's values take.
    pub fn memory(&self) -> usize {
        let others: usize = self.others().map_or(0, |others| others.values().map(|text| text.len() + 32).sum());
        others + self.array.to_data().get_slice_memory_size().unwrap_or_else(|_| self.array.get_array_memory_size())
    }

    /// The array of texts or of JSON texts.
    pub fn as_texts(&self) -> Option<&StringArray> {
        self.array.as_string_opt::<i32>()
    }

    /// The array of bytes, also of vectors kept as bytes.
    pub fn as_bytes(&self) -> Option<&BinaryArray> {
        self.array.as_binary_opt::<i32>()
    }

    /// The array of integers.
    pub fn as_ints(&self) -> Option<&Int64Array> {
        self.array.as_primitive_opt::<Int64Type>()
    }

    /// The array of 32-bit floats.
    pub fn as_float32s(&self) -> Option<&Float32Array> {
        self.array.as_primitive_opt::<Float32Type>()
    }

    /// The array of 64-bit floats.
    pub fn as_float64s(&self) -> Option<&Float64Array> {
        self.array.as_primitive_opt::<Float64Type>()
    }

    /// The array of booleans.
    pub fn as_bools(&self) -> Option<&BooleanArray> {
        self.array.as_boolean_opt()
    }

    /// The array of arrays or of vectors.
    pub fn as_lists(&self) -> Option<&ListArray> {
        self.array.as_list_opt::<i32>()
    }

    /// The indices and values below a column of sparse vectors.
    pub fn as_pairs(&self) -> Option<(&UInt32Array, &Float32Array)> {
        let pairs = self.as_lists()?.values().as_struct_opt()?;
        Some((pairs.column(0).as_primitive_opt::<UInt32Type>()?, pairs.column(1).as_primitive_opt::<Float32Type>()?))
    }

    /// The rows that `keep` is true for.
    #[must_use]
    pub fn filter(&self, keep: &BooleanArray) -> Self {
        let array = filter(&self.array, keep).expect("the mask has a bit for each row");
        let mut place = 0;
        let mut others = Others::new();
        if let Some(old) = &self.others {
            for row in 0..keep.len() {
                if keep.value(row) {
                    if let Some(text) = old.get(&(row as u32)) {
                        others.insert(place, text.clone());
                    }
                    place += 1;
                }
            }
        }
        Self::new(self.ty, array).with_others(others)
    }

    /// The rows that `rows` names, in its order.
    #[must_use]
    pub fn take(&self, rows: &UInt32Array) -> Self {
        let array = take(&self.array, rows, None).expect("rows are within the column");
        let others = self.others.as_ref().map_or_else(Others::new, |old| {
            let place = rows.values().iter().enumerate();
            place.filter_map(|(place, row)| Some((place as u32, old.get(row)?.clone()))).collect()
        });
        Self::new(self.ty, array).with_others(others)
    }

    /// `len` rows from `offset` on, sharing the memory.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let range = offset as u32..(offset + len) as u32;
        let others = self.others.as_ref().map_or_else(Others::new, |old| {
            old.range(range).map(|(row, text)| (row - offset as u32, text.clone())).collect()
        });
        Self::new(self.ty, self.array.slice(offset, len)).with_others(others)
    }

    /// The rows of all columns, which are of one type, one after the other.
    pub(super) fn concat(columns: &[Self]) -> Self {
        let ty = columns[0].ty;
        let arrays: Vec<&dyn Array> = columns.iter().map(|column| column.array.as_ref()).collect();
        let array = concat(&arrays).expect("all columns are of one type");
        let mut others = Others::new();
        let mut start = 0;
        for column in columns {
            if let Some(old) = &column.others {
                others.extend(old.iter().map(|(row, text)| (row + start, text.clone())));
            }
            start += column.len() as u32;
        }
        Self::new(ty, array).with_others(others)
    }
}
