//! The plugins that come with Kiteline. `cargo xtask plugins` builds them; `build.rs` has their list and sees that they
//! are there.

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The component of a shipped plugin.
pub fn shipped(name: &str) -> Option<&'static [u8]> {
    let place = SHIPPED.iter().position(|shipped| *shipped == name)?;
    Some(COMPONENTS[place])
}
