//! Values of any length, one after the other, as Arrow keeps them.

use std::ops::Range;

use arrow_buffer::OffsetBuffer;

/// Values that can be cut back, with a blank for a row that has none.
pub(in crate::decode) trait Items {
    fn count(&self) -> usize;
    fn cut(&mut self, count: usize);
    fn push_blank(&mut self);
    fn bytes(&self, rows: Range<usize>) -> usize;
    fn room(&self) -> Room;
    fn reserve(&mut self, room: Room);
    /// Gives back what was reserved and not needed, where that is much.
    fn shrink(&mut self);
}

/// For how many there is room: rows, what is in them, and what is in that.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::decode) struct Room {
    rows: usize,
    items: usize,
    parts: usize,
}

/// Lists of items: texts of bytes, vectors of numbers, arrays of texts.
#[derive(Debug)]
pub(in crate::decode) struct Lists<I> {
    /// Where each list starts, and behind them where the last one ends.
    offsets: Vec<i32>,
    items: I,
}

impl<I: Items> Lists<I> {
    /// Adds a list. Where `fill` fails, there is nothing of it.
    pub(in crate::decode) fn add<E>(&mut self, fill: impl FnOnce(&mut I) -> Result<(), E>) -> Result<(), E> {
        let start = self.items.count();
        let filled = fill(&mut self.items);
        match filled {
            Ok(()) => self.end_list(),
            Err(_) => self.items.cut(start),
        }
        filled
    }

    /// Ends a list here: it has all items that were added since the last one.
    fn end_list(&mut self) {
        let end = i32::try_from(self.items.count()).expect("there are few more items than bytes of payload");
        self.offsets.push(end);
    }

    /// Offsets and items.
    pub(super) fn into_parts(self) -> (OffsetBuffer<i32>, I) {
        (OffsetBuffer::new(self.offsets.into()), self.items)
    }
}

impl<I: Default> Default for Lists<I> {
    fn default() -> Self {
        Self { offsets: vec![0], items: I::default() }
    }
}

impl<I: Items> Items for Lists<I> {
    fn count(&self) -> usize {
        self.offsets.len() - 1
    }

    fn cut(&mut self, count: usize) {
        self.offsets.truncate(count + 1);
        self.items.cut(self.offsets[count] as usize);
    }

    fn push_blank(&mut self) {
        self.end_list();
    }

    fn bytes(&self, rows: Range<usize>) -> usize {
        let items = self.offsets[rows.start] as usize..self.offsets[rows.end] as usize;
        rows.len() * size_of::<i32>() + self.items.bytes(items)
    }

    fn room(&self) -> Room {
        let Room { rows: items, items: parts, .. } = self.items.room();
        Room { rows: self.count(), items, parts }
    }

    fn reserve(&mut self, Room { rows, items, parts }: Room) {
        self.offsets.reserve(rows);
        Items::reserve(&mut self.items, Room { rows: items, items: parts, parts: 0 });
    }

    fn shrink(&mut self) {
        self.items.shrink();
    }
}

impl<T: Copy + Default> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn cut(&mut self, count: usize) {
        self.truncate(count);
    }

    fn push_blank(&mut self) {
        self.push(T::default());
    }

    fn bytes(&self, rows: Range<usize>) -> usize {
        rows.len() * size_of::<T>()
    }

    fn room(&self) -> Room {
        Room { rows: self.len(), ..Room::default() }
    }

    fn reserve(&mut self, room: Room) {
        Vec::reserve(self, room.rows);
    }

    fn shrink(&mut self) {
        if self.len() < self.capacity() / 2 {
            self.shrink_to_fit();
        }
    }
}
