//! `kiteline schema`.

use super::exit::Exit;
use crate::config::json_schema;

/// Prints the JSON Schema of pipeline files.
pub(super) fn schema() -> Result<(), Exit> {
    println!("{:#}", json_schema());
    Ok(())
}
