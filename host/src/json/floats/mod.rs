//! Arrays of 32-bit floats, where nine tenths of the time of decoding vectors go.
//!
//! A kernel reads arrays as they are usually written, and gives up where it meets anything else: then the scanner reads
//! the array again, number by number, and says what is wrong where something is. So a kernel need not know any mistake,
//! but what it takes must be right to the last bit.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod words;

use super::{Number, Scanner, Unread, numbers};

/// Appends the numbers of the array that is next, rounded to 32-bit floats.
pub(crate) fn f32s(scanner: &mut Scanner<'_>, out: &mut Vec<f32>) -> Result<(), Unread> {
    let length = out.len();
    if let Some((text, at)) = scanner.in_array() {
        if let Some(end) = array(text, at, out) {
            scanner.go_on(end);
            return Ok(());
        }
        out.truncate(length);
    }
    numbers(scanner, Number::f32, |number| out.push(number))
}

/// By the best kernel for this processor.
#[cfg(target_arch = "x86_64")]
#[inline]
fn array(text: &str, at: usize, out: &mut Vec<f32>) -> Option<usize> {
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { avx2::array(text, at, out) };
    }
    words::array(text, at, out)
}

#[cfg(not(target_arch = "x86_64"))]
use words::array;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Kernel = fn(&str, usize, &mut Vec<f32>) -> Option<usize>;
    const KERNELS: [Kernel; 2] = [words::array, array];

    /// What each kernel reads must be what the standard library reads; it may read nothing only where `may_give_up`.
    fn check(numbers: &[String], separator: &str, may_give_up: bool) -> Result<(), TestCaseError> {
        let text = format!("[{}], behind it", numbers.join(separator));
        let right: Vec<u32> = numbers.iter().map(|number| number.parse::<f32>().expect("one").to_bits()).collect();
        for kernel in KERNELS {
            let mut out = vec![7.0];
            match kernel(&text, 1, &mut out) {
                None => prop_assert!(may_give_up, "{}", text),
                Some(end) => {
                    prop_assert_eq!(&text[end..], ", behind it");
                    let read: Vec<u32> = out[1..].iter().map(|number| number.to_bits()).collect();
                    prop_assert_eq!(&read, &right, "{}", text);
                }
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn shortest_texts_of_both_widths_are_read_to_the_bit(numbers: Vec<(f32, f64)>, blank: bool) {
            let usual = |number: f64| number.is_finite() && number.abs() < 1e3 && number.abs() > 1e-7;
            let narrow = numbers.iter().map(|(number, _)| number).filter(|number| usual(f64::from(**number)));
            let narrow: Vec<String> = narrow.map(|number| format!("{number:?}")).collect();
            let wide = numbers.iter().map(|(_, number)| *number).filter(|number| usual(*number));
            let wide: Vec<String> = wide.map(|number| format!("{number:?}")).collect();
            for texts in [narrow, wide] {
                check(&texts, if blank { ", " } else { "," }, texts.is_empty())?;
            }
        }

        #[test]
        fn numbers_of_unit_vectors_are_read_to_the_bit(numbers in prop::collection::vec(-1.0f64..1.0, 1..40)) {
            check(&numbers.iter().map(|number| format!("{number:?}")).collect::<Vec<_>>(), ", ", false)?;
            check(&numbers.iter().map(|number| format!("{:?}", *number as f32)).collect::<Vec<_>>(), ",", false)?;
        }

        #[test]
        fn any_number_that_json_has_is_read_to_the_bit(
            numbers in prop::collection::vec("-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,30})?([eE][+-]?[0-9])?", 1..8),
        ) {
            check(&numbers, ",", false)?;
        }

        /// Half of the points between two neighbours have few enough digits for the kernels' own arithmetic.
        #[test]
        fn around_a_halfway_point_the_nearest_is_read(bits in 0x3780_0000u32..0x4100_0000, off in -40i64..40) {
            let halfway = (f64::from(f32::from_bits(bits)) + f64::from(f32::from_bits(bits + 1))) / 2.0;
            let near = f64::from_bits(halfway.to_bits().wrapping_add_signed(off));
            check(&[format!("{near:.16}"), format!("{near:.17}"), format!("{near:.19}"), format!("{near:.25}")], ",", false)?;
        }

        /// A byte that is changed makes another array, or none; never one that only a kernel takes.
        #[test]
        fn what_is_no_array_of_numbers_is_left_alone(
            numbers in prop::collection::vec(-1.0f32..1.0, 1..20),
            place: prop::sample::Index,
            byte in prop::sample::select(&b"0123456789.,-+eE[]{}\"' \n:xN"[..]),
        ) {
            let mut text = format!("{numbers:?}], behind it all").into_bytes();
            // Not the bracket, which is looked at before a kernel is called.
            let place = 1 + place.index(text.len() - 20);
            text[place] = byte;
            let text = String::from_utf8(text).expect("ASCII");
            for kernel in KERNELS {
                let mut out = Vec::new();
                if let Some(end) = kernel(&text, 1, &mut out) {
                    serde_json::from_str::<Vec<f64>>(&text[..end]).expect("an array of numbers");
                    let right = text[1..end - 1].split(',').map(|number| number.trim().parse().expect("a number"));
                    let right: Vec<f32> = right.collect();
                    prop_assert_eq!(&out, &right, "{}", text);
                }
            }
        }
    }
}
