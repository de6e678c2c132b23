//! Reading JSON text in place: the scanner that the decoder is built on, and the small questions that plugins and the
//! sink ask of nested JSON.
//!
//! The grammar is RFC 8259 to the letter, without a byte order mark, nested 128 levels at most; a `\u` escape that is
//! half a surrogate pair is a mistake. Where an object has a name twice, its last value holds. Nothing here allocates
//! but for what it returns.

mod base64;
mod floats;
#[cfg(test)]
pub(crate) mod generate;
mod mistake;
mod number;
mod pointer;
mod rounding;
mod scalar;
mod scanner;
mod string;
#[cfg(test)]
mod tests;

pub use base64::base64;
pub use floats::{kernel_names, use_kernel};
pub use mistake::Mistake;
pub use pointer::{find, unescape_token};
pub use scalar::{bool, float, int, text};
pub use scanner::check;
pub use string::quote;

pub(crate) use base64::from_base64;
pub(crate) use floats::f32s;
pub(crate) use mistake::{Misfit, Unread, grouped};
pub(crate) use number::{Number, exact_f64s, f64s, i64s, numbers};
pub(crate) use scanner::{Kind, Scanner};
pub(crate) use string::Quoted;
