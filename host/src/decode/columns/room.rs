//! How far records of several rows may make the columns of a batch grow.
//!
//! A record of one row brings the bytes of its fields. One of several can bring rows of two bytes, each of which takes a
//! blank in every column of the batch: few bytes could take gigabytes. So such rows are counted with their blanks.

/// Most rows of a record: as many as a plugin may make of a batch.
pub const ROWS_MAX: usize = 131_072;

/// Cells that a batch has for such rows in any case: of 9 bytes at most, less than a plugin may make of a batch.
const CELLS: usize = 6 << 20;
/// And cells for each byte of their payloads: a value takes 5 with its name.
const CELLS_A_BYTE: usize = 2;
/// And never more: as much memory as what is packed may become in a batch, where the payloads may be blanks as well.
const CELLS_MAX: usize = 1 << 25;
/// What a row takes beside its fields, in cells: its record, its route, its place in a request.
const ROW: usize = 16;
/// Bytes of a cell.
const CELL: usize = 8;

/// What the rows take that are not the first ones of their records.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Room {
    rows: usize,
    /// Cells beside those of the fields.
    beside: usize,
    /// Bytes of the payloads that they come from.
    payloads: usize,
}

impl Room {
    /// A payload of several rows.
    pub(super) fn of(&mut self, payload: usize) {
        self.payloads += payload;
    }

    /// More rows, each of which takes a copy of so many bytes.
    pub(super) fn rows(&mut self, rows: usize, copied: usize) {
        self.rows += rows;
        self.beside += rows * (ROW + copied / CELL);
    }

    /// True where that is not too much in a batch of so many fields.
    pub(super) fn is_enough(&self, fields: usize) -> bool {
        self.rows * fields + self.beside <= (CELLS + CELLS_A_BYTE * self.payloads).min(CELLS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_values_always_fit_and_blanks_do_not() {
        let mut room = Room::default();
        assert!(room.is_enough(1024), "records of one row take none of it");
        room.rows(100_000, 0);
        assert!(room.is_enough(40) && !room.is_enough(64));
        // Each byte of payload makes room for two cells.
        room.of(100_000 * 64);
        assert!(room.is_enough(64) && !room.is_enough(1024));
        // A key is copied into each row.
        room.rows(100_000, 0);
        assert!(room.is_enough(64));
        room.rows(1_000, 1 << 20);
        assert!(!room.is_enough(1));
    }
}
