//! What a Kiteline plugin in Rust is written with: implement [`Plugin`], and export it with [`plugin!`].
//!
//! ```
//! use kiteline_guest::{Batch, Plugin, plugin};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Config {
//!     field: String,
//! }
//!
//! /// Drops the blanks around a text.
//! struct Trim {
//!     field: String,
//! }
//!
//! impl Plugin for Trim {
//!     type Config = Config;
//!     const NAME: &'static str = "trim";
//!     const VERSION: &'static str = "0.1.0";
//!
//!     fn new(config: Config) -> Result<Self, String> {
//!         Ok(Self { field: config.field })
//!     }
//!
//!     fn process(&mut self, batch: &mut Batch) -> Result<(), String> {
//!         batch.map_texts(&self.field, |text| text.map(|text| text.trim().into()));
//!         Ok(())
//!     }
//! }
//!
//! plugin!(Trim);
//! # fn main() {}
//! ```
//!
//! The crate of a plugin is a `cdylib` for `wasm32-unknown-unknown`. On other targets it builds as well, with a batch in
//! memory in the host's place, so that `cargo test` tries all of it: see [`testing`].

// The generated bindings name this crate as their users do.
extern crate self as kiteline_guest;

mod arrays;
mod batch;
#[expect(
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::undocumented_unsafe_blocks,
    clippy::unwrap_used,
    reason = "generated"
)]
#[doc(hidden)]
#[rustfmt::skip]
pub mod bindings;
#[doc(hidden)]
pub mod export;
#[doc(hidden)]
pub mod host;
pub mod log;
#[cfg(not(target_family = "wasm"))]
#[expect(missing_docs, reason = "the functions of the interface, which documents them")]
mod memory;
mod packed;
mod rows;
pub mod target;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use arrays::{Arrays, SparseVectors, Vectors};
pub use batch::Batch;
pub use bindings::kiteline::plugin::batch::{Operation, VectorType};
pub use packed::{Bytes, Item, Packed, Texts};
pub use rows::{Row, Rows};
#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use wit_bindgen;

/// A plugin. One value of it lives in each lane, from when the lane starts until the plugin is replaced or traps.
///
/// It may keep state between calls, but a trap costs it its state, and a record may be processed more than once: make
/// what comes out depend on the record and the configuration only.
pub trait Plugin: Sized + 'static {
    /// The plugin's `config` table. An error of serde says which key is wrong; let it refuse keys that it does not
    /// know (`#[serde(deny_unknown_fields)]`).
    type Config: serde::de::DeserializeOwned;

    /// The plugin's name, as in messages and metrics. At most 64 bytes.
    const NAME: &'static str;

    /// The plugin's version. At most 64 bytes.
    const VERSION: &'static str;

    /// A JSON Schema of the configuration, or an empty text. At most 64 KiB.
    fn config_schema() -> String {
        String::new()
    }

    /// Makes the plugin from its configuration. May ask [`target`]. An error keeps the plugin from being used: say
    /// which key is wrong and what it takes.
    fn new(config: Self::Config) -> Result<Self, String>;

    /// Works on some rows, also on none: Kiteline runs every chain once on an empty batch, to learn which field of the
    /// record ends in which field of the target.
    ///
    /// An error undoes all that this call wrote; the record that causes it is found by halving the batch, and
    /// rejected with the error. Where you know the row, [`Batch::reject`] it, which costs the others nothing.
    fn process(&mut self, batch: &mut Batch) -> Result<(), String>;
}

/// Exports a type that implements [`Plugin`] as the plugin that this crate is.
#[macro_export]
macro_rules! plugin {
    ($plugin:ty) => {
        const _: () = {
            ::std::thread_local! {
                static SLOT: $crate::export::Slot<$plugin> = const { $crate::export::Slot::new() };
            }
            struct Exports;
            impl $crate::bindings::Guest for Exports {
                fn describe() -> $crate::bindings::PluginInfo {
                    $crate::export::describe::<$plugin>()
                }
                fn configure(config: ::std::string::String) -> ::std::result::Result<(), ::std::string::String> {
                    SLOT.with(|slot| slot.configure(&config))
                }
                fn process() -> ::std::result::Result<(), ::std::string::String> {
                    SLOT.with(|slot| slot.process())
                }
            }
    $crate::bindings::export!(Exports with_types_in $crate::bindings);
        };
    };
}
