//! Arrays of 32-bit floats, where nine tenths of the time of decoding vectors go.
//!
//! A kernel reads arrays as they are usually written, and gives up where it meets anything else: then the scanner reads
//! the array again, number by number, and says what is wrong where something is. So a kernel need not know any mistake,
//! but what it takes must be right to the last bit.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod groups;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod shape;
mod words;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// Reads the array of which the first number starts at a place of a text, and gives the place behind it. None where it
/// is not an array of numbers that 32-bit floats can hold, or not written as one usually is; some may have been appended
/// then.
type Kernel = fn(&[u8], usize, &mut Vec<f32>) -> Option<usize>;

static KERNELS: LazyLock<Vec<(&str, Kernel)>> = LazyLock::new(kernels);
/// How many of the kernels, from the best one, are not used: none but in a benchmark.
static PASSED_OVER: AtomicUsize = AtomicUsize::new(0);

/// By the best kernel for this processor.
fn array(text: &[u8], at: usize, out: &mut Vec<f32>) -> Option<usize> {
    let (_, kernel) = KERNELS[KERNELS.len() - 1 - PASSED_OVER.load(Ordering::Relaxed)];
    kernel(text, at, out)
}

/// The names of the kernels for arrays of numbers that this processor can run, the best one, which is used, last.
pub fn kernel_names() -> impl DoubleEndedIterator<Item = &'static str> {
    KERNELS.iter().map(|(name, _)| *name)
}

/// Uses another kernel from now on, in all threads: for benchmarks that compare them.
///
/// # Panics
/// Where there is none of that name.
pub fn use_kernel(name: &str) {
    let place = KERNELS.iter().rev().position(|(known, _)| *known == name);
    PASSED_OVER.store(place.expect("a kernel of this processor"), Ordering::Relaxed);
}

/// The kernels that this processor can run, the best one last.
fn kernels() -> Vec<(&'static str, Kernel)> {
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "there is one"))]
    let mut kernels: Vec<(&str, Kernel)> = vec![("portable", words::array)];
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! has {
            ($($feature:tt)*) => { true $(&& is_x86_feature_detected!($feature))* };
        }
        if has!("avx2" "bmi1" "fma" "popcnt") {
            // SAFETY: the processor has what the function is compiled for.
            kernels.push(("AVX2", |text, at, out| unsafe { avx2::array(text, at, out) }));
            if has!("avx512f" "avx512bw" "avx512vbmi2") {
                // SAFETY: the same.
                kernels.push(("AVX-512", |text, at, out| unsafe { avx512::array(text, at, out) }));
            }
        }
    }
    kernels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What each kernel reads must be what the standard library reads; it may read nothing only where `may_give_up`.
    fn check(numbers: &[String], separator: &str, may_give_up: bool) -> Result<(), TestCaseError> {
        let texts = ["]", "], behind it", "] and so much that it can be read beyond the end of the array"];
        let texts = texts.map(|end| format!("[{}{end}", numbers.join(separator)));
        let right: Vec<u32> = numbers.iter().map(|number| number.parse::<f32>().expect("one").to_bits()).collect();
        for (text, kernel) in texts.iter().flat_map(|text| kernels().into_iter().map(move |(_, kernel)| (text, kernel)))
        {
            let mut out = vec![7.0];
            match kernel(text.as_bytes(), 1, &mut out) {
                None => prop_assert!(may_give_up, "{}", text),
                Some(end) => {
                    prop_assert_eq!(Some(end - 1), text.find(']'));
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

        /// Kernels go through a text by blocks and groups, and the unusual number may be anywhere in them.
        #[test]
        fn long_arrays_with_an_unusual_number_here_and_there_are_read_to_the_bit(
            mut numbers in prop::collection::vec(
                prop_oneof![
                    12 => (-1.0f32..1.0).prop_map(|number| format!("{number:?}")),
                    2 => (-1.0f64..1.0).prop_map(|number| format!("{number:?}")),
                ],
                1..900,
            ),
            unusual in prop::collection::vec((any::<prop::sample::Index>(), "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,90})?(e-[0-9])?"), 0..5),
            blank: bool,
        ) {
            for (place, text) in unusual {
                let place = place.index(numbers.len());
                numbers[place] = text;
            }
            check(&numbers, if blank { ", " } else { "," }, false)?;
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
            for (_, kernel) in kernels() {
                let mut out = Vec::new();
                if let Some(end) = kernel(text.as_bytes(), 1, &mut out) {
                    serde_json::from_str::<Vec<f64>>(&text[..end]).expect("an array of numbers");
                    let right = text[1..end - 1].split(',').map(|number| number.trim().parse().expect("a number"));
                    let right: Vec<f32> = right.collect();
                    prop_assert_eq!(&out, &right, "{}", text);
                }
            }
        }
    }
}
