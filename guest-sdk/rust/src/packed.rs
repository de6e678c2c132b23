//! Texts and bytes of all rows in one piece of memory: what the host takes and gives without a copy for each row.

use std::fmt;
use std::ops::Range;

/// Texts, one or none a row.
pub type Texts = Packed<str>;

/// Bytes, one value or none a row.
pub type Bytes = Packed<[u8]>;

/// Texts or bytes of all rows, one after the other. Collect it from an iterator of `Option`, or [`push`](Self::push)
/// row after row.
///
/// ```
/// use kiteline_guest::Texts;
///
/// let names: Texts = [Some("one"), None].into_iter().collect();
/// let longer: Texts = names.iter().map(|name| name.map(|name| format!("{name}!"))).collect();
/// assert_eq!(longer.get(0), Some("one!"));
/// assert_eq!(longer.get(1), None);
/// ```
pub struct Packed<T: Item + ?Sized> {
    data: T::Buffer,
    lengths: Vec<i32>,
    /// Where each row ends in the data.
    ends: Vec<usize>,
}

/// What can be packed: `str` and `[u8]`.
pub trait Item: sealed::Sealed {
    /// What holds all rows.
    #[doc(hidden)]
    type Buffer: Default + Clone;
    #[doc(hidden)]
    fn item(buffer: &Self::Buffer, range: Range<usize>) -> &Self;
    #[doc(hidden)]
    fn append(&self, buffer: &mut Self::Buffer);
    #[doc(hidden)]
    fn bytes(buffer: &Self::Buffer) -> &[u8];
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for str {}
    impl Sealed for [u8] {}
}

impl Item for str {
    type Buffer = String;

    fn item(buffer: &String, range: Range<usize>) -> &Self {
        &buffer[range]
    }
    fn append(&self, buffer: &mut String) {
        buffer.push_str(self);
    }
    fn bytes(buffer: &String) -> &[u8] {
        buffer.as_bytes()
    }
}

impl Item for [u8] {
    type Buffer = Vec<u8>;

    fn item(buffer: &Vec<u8>, range: Range<usize>) -> &Self {
        &buffer[range]
    }
    fn append(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(self);
    }
    fn bytes(buffer: &Vec<u8>) -> &[u8] {
        buffer
    }
}

impl<T: Item + ?Sized> Packed<T> {
    /// No rows, and room for some.
    pub fn with_capacity(rows: usize) -> Self {
        Self { data: T::Buffer::default(), lengths: Vec::with_capacity(rows), ends: Vec::with_capacity(rows) }
    }

    /// As the host gives it.
    pub(crate) fn new(data: T::Buffer, lengths: Vec<i32>) -> Self {
        let mut end = 0;
        let ends = lengths.iter().map(|length| {
            end += usize::try_from(*length).unwrap_or(0);
            end
        });
        Self { data, ends: ends.collect(), lengths }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// True where some row has no value.
    pub fn has_absent(&self) -> bool {
        self.lengths.iter().any(|length| *length < 0)
    }

    /// The value of a row. Panics where there is no such row.
    pub fn get(&self, row: usize) -> Option<&T> {
        let length = usize::try_from(self.lengths[row]).ok()?;
        let end = self.ends[row];
        Some(T::item(&self.data, end - length..end))
    }

    /// The values, row after row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&T>> + DoubleEndedIterator {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a row. Panics where its value has 2 GiB or more.
    pub fn push(&mut self, value: Option<&T>) {
        let before = T::bytes(&self.data).len();
        if let Some(value) = value {
            value.append(&mut self.data);
        }
        let end = T::bytes(&self.data).len();
        let length = value.map_or(-1, |_| i32::try_from(end - before).expect("a value has less than 2 GiB"));
        self.lengths.push(length);
        self.ends.push(end);
    }

    /// Bytes of each row, -1 for none.
    pub(crate) fn lengths(&self) -> &[i32] {
        &self.lengths
    }

    /// All bytes, row after row.
    pub(crate) fn data(&self) -> &[u8] {
        T::bytes(&self.data)
    }
}

impl<T: Item + ?Sized> Default for Packed<T> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl<T: Item + ?Sized> Clone for Packed<T> {
    fn clone(&self) -> Self {
        Self { data: self.data.clone(), lengths: self.lengths.clone(), ends: self.ends.clone() }
    }
}

impl<T: Item + ?Sized> PartialEq for Packed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.lengths == other.lengths && self.data() == other.data()
    }
}

impl<T: Item + fmt::Debug + ?Sized> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Item + ?Sized, V: AsRef<T>> FromIterator<Option<V>> for Packed<T> {
    fn from_iter<I: IntoIterator<Item = Option<V>>>(values: I) -> Self {
        let values = values.into_iter();
        let mut packed = Self::with_capacity(values.size_hint().0);
        for value in values {
            packed.push(value.as_ref().map(AsRef::as_ref));
        }
        packed
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Texts};

    #[test]
    fn rows_come_back_as_they_were_pushed() {
        let rows = [Some("añb"), None, Some(""), Some("c"), None];
        let texts: Texts = rows.into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), rows);
        assert_eq!(texts.get(3), Some("c"));
        assert!(texts.has_absent() && !Texts::from_iter([Some(""), Some("a")]).has_absent());
        assert_eq!((texts.data(), texts.lengths()), ("añbc".as_bytes(), &[4, -1, 0, 1, -1][..]));
    }

    #[test]
    fn rows_of_the_host_are_cut_by_their_lengths() {
        let bytes = Bytes::new(vec![1, 2, 3], vec![2, -1, 0, 1]);
        let rows: Vec<_> = bytes.iter().collect();
        assert_eq!(rows, [Some(&[1, 2][..]), None, Some(&[][..]), Some(&[3][..])]);
    }

    #[test]
    fn an_absent_row_is_not_an_empty_one() {
        let absent: Texts = [None::<&str>].into_iter().collect();
        let empty: Texts = [Some("")].into_iter().collect();
        assert_ne!(absent, empty);
    }
}
