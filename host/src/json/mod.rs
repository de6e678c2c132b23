//! Reading JSON text in place: the scanner that the decoder is built on, and the small questions that plugins and the
//! sink ask of nested JSON.

use std::borrow::Cow;
