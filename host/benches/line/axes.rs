//! What is measured: one setting in the middle, and along each axis others that differ from it in one thing.

use super::load::Content;
use crate::feed::DIM;
use crate::format::{self, Format};

/// Settings that differ in one thing.
pub(crate) struct Axis {
    /// As it is asked for.
    pub(crate) name: &'static str,
    /// What differs, as the head of a column.
    pub(crate) head: &'static str,
    /// Each with what it is at this axis.
    pub(crate) settings: Vec<(String, Setting)>,
}

/// How one run is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) content: Content,
    pub(crate) lanes: usize,
    /// So many of [`crate::plugins::ALL`].
    pub(crate) plugins: usize,
    /// Rows of a batch where they are not the default.
    pub(crate) batch: Option<usize>,
    /// `kafka.fetch_memory` where it is not the default.
    pub(crate) fetch_memory: Option<&'static str>,
}

/// In the middle: as by default, with one lane, as two would wait for the servers on the same two cores.
const BASE: Setting = Setting {
    content: Content { dimension: DIM, partitions: 12, compression: "none", format: &format::JSON },
    lanes: 1,
    plugins: 4,
    batch: None,
    fetch_memory: None,
};

impl Setting {
    /// The collection that its rows fit.
    pub(crate) fn collection(&self) -> String {
        format!("{}_{}", self.vector(), self.content.dimension)
    }

    /// The vector's name in it: `rename`, the first plugin, gives it another one.
    pub(crate) fn vector(&self) -> &'static str {
        if self.plugins == 0 { "emb" } else { "embedding" }
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Axis> {
    let content = BASE.content;
    vec![
        Axis { name: "base", head: "", settings: vec![("base".into(), BASE)] },
        axis("dimension", "dimension", [32, 128, 384, 768, 1536, 4096], |dimension| Setting {
            content: Content { dimension, ..content },
            ..BASE
        }),
        axis("batch", "rows in a batch at most", [10, 100, 1000], |rows| Setting { batch: Some(rows), ..BASE }),
        axis("fetch-memory", "kafka.fetch_memory", ["8MiB", "32MiB", "128MiB", "512MiB"], |memory| Setting {
            fetch_memory: Some(memory),
            ..BASE
        }),
        axis("plugins", "plugins", [0, 1, 2, 4, 10], |plugins| Setting { plugins, ..BASE }),
        axis("partitions", "partitions", [1, 12, 50, 200], |partitions| Setting {
            content: Content { partitions, ..content },
            ..BASE
        }),
        axis("lanes", "lanes", [1, 2], |lanes| Setting { lanes, ..BASE }),
        axis("compression", "compression", ["none", "lz4", "snappy", "gzip", "zstd"], |compression| Setting {
            content: Content { compression, ..content },
            ..BASE
        }),
        axis("format", "format", format::ALL, |format| Setting { content: Content { format, ..content }, ..BASE }),
    ]
}

fn axis<T: Copy + ToString, const N: usize>(
    name: &'static str,
    head: &'static str,
    values: [T; N],
    setting: impl Fn(T) -> Setting,
) -> Axis {
    Axis { name, head, settings: values.map(|value| (value.to_string(), setting(value))).into() }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
