//! The plugins that come with Kiteline. `cargo xtask plugins` builds them; `build.rs` sees that they are there.

/// Names of the shipped plugins.
pub const SHIPPED: &[&str] = &["decode-msgpack", "dimension", "rename", "route"];

/// The component of a shipped plugin.
pub fn shipped(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "decode-msgpack" => include_bytes!(concat!(env!("KITELINE_PLUGINS"), "/decode-msgpack.wasm")),
        "dimension" => include_bytes!(concat!(env!("KITELINE_PLUGINS"), "/dimension.wasm")),
        "rename" => include_bytes!(concat!(env!("KITELINE_PLUGINS"), "/rename.wasm")),
        "route" => include_bytes!(concat!(env!("KITELINE_PLUGINS"), "/route.wasm")),
        _ => return None,
    })
}
