//! What a format has to say of a value, so that it can be appended to any column.

use super::Lists;
use crate::batch::{Type, VectorType};
use crate::json::{Mistake, Unread};

/// A place in a record, where a value is next. Clone it to come back to the place.
///
/// What reads goes on behind the value. Where the value is not of the type that is asked for, it fails with
/// [`Unread::Misfit`], the place is anywhere within the value, and what was appended is cut off by the caller. A
/// [`Mistake`] means that the record is not of this format, and ends it.
///
/// Columns are generic over it, so that no call is in the way of a vector's numbers.
pub(in crate::decode) trait NextValue: Clone {
    /// The format's name in messages.
    const FORMAT: &'static str;

    /// Goes behind the next value where it is null, else nowhere.
    fn skip_null(&mut self) -> Result<bool, Mistake>;

    /// Goes behind the next value, whatever it is.
    fn skip(&mut self) -> Result<(), Mistake>;

    /// The type of a column that starts with the next value, which is not null. None for an empty array that may be
    /// of any array type.
    fn column_type(&self) -> Result<Option<Type>, Mistake>;

    /// A boolean.
    fn read_bool(&mut self) -> Result<bool, Unread>;

    /// An integer.
    fn read_int(&mut self) -> Result<i64, Unread>;

    /// A number, rounded once.
    fn read_float32(&mut self) -> Result<f32, Unread>;

    /// A number, rounded once. With `exact` an integer that would have to be rounded is of another type.
    fn read_float64(&mut self, exact: bool) -> Result<f64, Unread>;

    /// Appends a text, which is UTF-8.
    fn read_text(&mut self, out: &mut Vec<u8>) -> Result<(), Unread>;

    /// Appends bytes.
    fn read_bytes(&mut self, out: &mut Vec<u8>) -> Result<(), Unread>;

    /// Appends any value as JSON text. One that JSON has no text for is a misfit.
    fn read_json(&mut self, out: &mut Vec<u8>) -> Result<(), Unread>;

    /// Appends the booleans of an array.
    fn read_bools(&mut self, out: &mut Vec<bool>) -> Result<(), Unread>;

    /// Appends the integers of an array.
    fn read_ints(&mut self, out: &mut Vec<i64>) -> Result<(), Unread>;

    /// Appends the numbers of an array, each rounded once.
    fn read_float32s(&mut self, out: &mut Vec<f32>) -> Result<(), Unread>;

    /// Appends the numbers of an array, as [`NextValue::read_float64`] reads one.
    fn read_float64s(&mut self, exact: bool, out: &mut Vec<f64>) -> Result<(), Unread>;

    /// Appends the texts of an array.
    fn read_texts(&mut self, out: &mut Lists<Vec<u8>>) -> Result<(), Unread>;

    /// Appends the numbers of a vector, each rounded once.
    fn read_vector(&mut self, out: &mut Vec<f32>) -> Result<(), Unread>;

    /// Appends a vector that is kept as bytes.
    fn read_packed_vector(&mut self, ty: VectorType, out: &mut Vec<u8>) -> Result<(), Unread>;

    /// Appends the pairs of a sparse vector, in the order of their indices, each index once.
    fn read_sparse_vector(&mut self, out: &mut Vec<(u32, f32)>) -> Result<(), Unread>;
}
