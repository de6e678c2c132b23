//! Arrays and vectors of all rows in one piece of memory.

use std::ops::Range;

/// Vectors of 32-bit floats, one or none a row.
pub type Vectors = Arrays<f32>;

/// Arrays, one or none a row: all elements one after the other. Collect it from an iterator of `Option`, or
/// [`push`](Self::push) row after row.
///
/// ```
/// use kiteline_guest::Vectors;
///
/// let vectors: Vectors = [Some([0.5, 1.0]), None].into_iter().collect();
/// assert_eq!(vectors.get(0), Some(&[0.5, 1.0][..]));
/// assert_eq!(vectors.get(1), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Arrays<T> {
    elements: Vec<T>,
    lengths: Lengths,
}

impl<T> Arrays<T> {
    /// No rows, and room for some, and for the elements of all.
    pub fn with_capacity(rows: usize, elements: usize) -> Self {
        Self { elements: Vec::with_capacity(elements), lengths: Lengths::with_capacity(rows) }
    }

    /// As the host gives it. A field of another type has lengths, but none of these elements: then no row has a value.
    pub(crate) fn new(elements: Vec<T>, lengths: Vec<i32>) -> Self {
        let lengths = Lengths::new(lengths).holding(elements.len());
        Self { elements, lengths }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lengths.of.len()
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.lengths.of.is_empty()
    }

    /// The elements of a row. Panics where there is no such row.
    pub fn get(&self, row: usize) -> Option<&[T]> {
        self.lengths.range(row).map(|range| &self.elements[range])
    }

    /// The arrays, row after row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&[T]>> + DoubleEndedIterator {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a row.
    pub fn push(&mut self, elements: Option<impl IntoIterator<Item = T>>) {
        let before = self.elements.len();
        let some = elements.map(|elements| self.elements.extend(elements));
        self.lengths.push(some.map(|()| self.elements.len() - before));
    }

    pub(crate) fn lengths(&self) -> &[i32] {
        &self.lengths.of
    }

    pub(crate) fn elements(&self) -> &[T] {
        &self.elements
    }
}

impl<T> Default for Arrays<T> {
    fn default() -> Self {
        Self::with_capacity(0, 0)
    }
}

impl<T, A: IntoIterator<Item = T>> FromIterator<Option<A>> for Arrays<T> {
    fn from_iter<I: IntoIterator<Item = Option<A>>>(rows: I) -> Self {
        let rows = rows.into_iter();
        let mut arrays = Self::with_capacity(rows.size_hint().0, 0);
        rows.for_each(|row| arrays.push(row));
        arrays
    }
}

/// Sparse vectors, one or none a row: pairs of an index and a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseVectors {
    pub(crate) indices: Vec<u32>,
    pub(crate) values: Vec<f32>,
    lengths: Lengths,
}

impl SparseVectors {
    /// As the host gives it. A field of another type has dimensions, but no pairs: then no row has a value.
    pub(crate) fn new(indices: Vec<u32>, values: Vec<f32>, dims: Vec<i32>) -> Self {
        let lengths = Lengths::new(dims).holding(indices.len());
        Self { indices, values, lengths }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lengths.of.len()
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.lengths.of.is_empty()
    }

    /// The indices, ascending, and the values of a row. Panics where there is no such row.
    pub fn get(&self, row: usize) -> Option<(&[u32], &[f32])> {
        self.lengths.range(row).map(|range| (&self.indices[range.clone()], &self.values[range]))
    }

    /// The vectors, row after row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<(&[u32], &[f32])>> + DoubleEndedIterator {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a row. The indices must ascend, none twice.
    pub fn push(&mut self, pairs: Option<impl IntoIterator<Item = (u32, f32)>>) {
        let before = self.indices.len();
        let some = pairs.map(|pairs| {
            for (index, value) in pairs {
                self.indices.push(index);
                self.values.push(value);
            }
        });
        self.lengths.push(some.map(|()| self.indices.len() - before));
    }

    pub(crate) fn dims(&self) -> &[i32] {
        &self.lengths.of
    }
}

/// Number of elements of each row, -1 for none, and where each row's end.
#[derive(Debug, Clone, Default, PartialEq)]
struct Lengths {
    of: Vec<i32>,
    ends: Vec<usize>,
}

impl Lengths {
    fn with_capacity(rows: usize) -> Self {
        Self { of: Vec::with_capacity(rows), ends: Vec::with_capacity(rows) }
    }

    fn new(of: Vec<i32>) -> Self {
        let mut end = 0;
        let ends = of.iter().map(|length| {
            end += usize::try_from(*length).unwrap_or(0);
            end
        });
        Self { ends: ends.collect(), of }
    }

    /// The same, where it is right for so many elements; else none for each row.
    fn holding(self, elements: usize) -> Self {
        if self.ends.last().copied().unwrap_or(0) == elements { self } else { Self::new(vec![-1; self.of.len()]) }
    }

    fn push(&mut self, length: Option<usize>) {
        let end = self.ends.last().copied().unwrap_or(0) + length.unwrap_or(0);
        self.of.push(length.map_or(-1, |length| i32::try_from(length).expect("memory ends before a row has so many")));
        self.ends.push(end);
    }

    fn range(&self, row: usize) -> Option<Range<usize>> {
        let length = usize::try_from(self.of[row]).ok()?;
        let end = self.ends[row];
        Some(end - length..end)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrays, SparseVectors};

    #[test]
    fn rows_come_back_as_they_were_pushed() {
        let rows = [Some(vec![1, 2]), None, Some(vec![]), Some(vec![3])];
        let arrays: Arrays<i64> = rows.clone().into_iter().collect();
        assert_eq!(arrays.iter().map(|row| row.map(<[i64]>::to_vec)).collect::<Vec<_>>(), rows);
        assert_eq!((arrays.elements(), arrays.lengths()), (&[1, 2, 3][..], &[2, -1, 0, 1][..]));
    }

    #[test]
    fn a_field_of_other_elements_reads_as_none() {
        let arrays = Arrays::<String>::new(Vec::new(), vec![2, -1]);
        assert_eq!(arrays.iter().collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn sparse_vectors_keep_their_pairs() {
        let mut vectors = SparseVectors::default();
        vectors.push(Some([(3, 0.5), (9, 1.0)]));
        vectors.push(None::<[(u32, f32); 0]>);
        vectors.push(Some([(0, 2.0)]));
        let rows: Vec<_> = vectors.iter().collect();
        assert_eq!(rows, [Some((&[3, 9][..], &[0.5, 1.0][..])), None, Some((&[0][..], &[2.0][..]))]);
        assert_eq!(vectors.dims(), [2, -1, 1]);
    }
}
