//! x

/// The pipeline file.
pub mod config;
