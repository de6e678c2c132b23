//! Between Arrow's layout and the packed form: bytes of all rows, and their lengths with -1 for none.

use arrow_array::types::ByteArrayType;
use arrow_array::{Array, GenericByteArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use wasmtime::{Result, bail, ensure};

use crate::plugin::bindings::kiteline::plugin::batch::Packed;

/// An Arrow array of texts or bytes, packed.
pub(super) fn pack<T: ByteArrayType<Offset = i32>>(array: &GenericByteArray<T>) -> Packed {
    let offsets = array.value_offsets();
    let all = &array.value_data()[offsets[0] as usize..offsets[array.len()] as usize];
    let mut lengths: Vec<i32> = offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) else {
        return Packed { data: all.to_vec(), lengths };
    };
    // Arrow lets a null have bytes; the packed form does not.
    let mut data = Vec::with_capacity(all.len());
    for (row, length) in lengths.iter_mut().enumerate() {
        if nulls.is_valid(row) {
            let bytes: &[u8] = array.value(row).as_ref();
            data.extend_from_slice(bytes);
        } else {
            *length = -1;
        }
    }
    Packed { data, lengths }
}

/// The payloads, keys or header values of records, packed.
pub(super) fn pack_bytes<'a>(values: impl Iterator<Item = Option<&'a [u8]>>) -> Packed {
    let mut packed = Packed { data: Vec::new(), lengths: Vec::new() };
    for value in values {
        packed.data.extend_from_slice(value.unwrap_or_default());
        packed.lengths.push(value.map_or(-1, |value| value.len() as i32));
    }
    packed
}

/// The bytes of each row by themselves.
pub(super) fn lists(packed: &Packed) -> Vec<Option<Vec<u8>>> {
    let mut start = 0;
    let each = packed.lengths.iter().map(|length| {
        let length = usize::try_from(*length).ok()?;
        start += length;
        Some(packed.data[start - length..start].to_vec())
    });
    each.collect()
}

/// The packed form as an Arrow array; a fault where the lengths don't fit, or a text is not UTF-8.
pub(super) fn unpack<T: ByteArrayType<Offset = i32>>(
    data: Vec<u8>,
    lengths: &[i32],
    rows: usize,
) -> Result<GenericByteArray<T>> {
    let (offsets, nulls) = unpack_lengths(lengths, rows, data.len())?;
    match GenericByteArray::try_new(offsets, Buffer::from_vec(data), nulls) {
        Ok(array) => Ok(array),
        Err(_) => bail!("a text is not UTF-8"),
    }
}

/// Lengths as Arrow's offsets and nulls; a fault where there is not one for each row, or their sum is not `total`.
pub(super) fn unpack_lengths(
    lengths: &[i32],
    rows: usize,
    total: usize,
) -> Result<(OffsetBuffer<i32>, Option<NullBuffer>)> {
    ensure!(lengths.len() == rows, "{} lengths for {rows} rows", lengths.len());
    let mut offsets = Vec::with_capacity(rows + 1);
    let (mut end, mut any_null) = (0i64, false);
    offsets.push(0);
    for length in lengths {
        ensure!(*length >= -1, "a length of {length}; -1 is none");
        any_null |= *length < 0;
        end += i64::from((*length).max(0));
        offsets.push(i32::try_from(end).map_err(|_| wasmtime::format_err!("more than 2 GiB in a column"))?);
    }
    ensure!(usize::try_from(end) == Ok(total), "the lengths add up to {end}, and there are {total}");
    let nulls = any_null.then(|| lengths.iter().map(|length| *length >= 0).collect());
    // The loop above built ascending offsets.
    Ok((OffsetBuffer::new(ScalarBuffer::from(offsets)), nulls))
}
