//! The host's side of the plugin interface, generated from `wit/`.

wasmtime::component::bindgen!({
    path: "../wit/v0.1.0",
    world: "plugin",
    imports: { default: trappable },
});
