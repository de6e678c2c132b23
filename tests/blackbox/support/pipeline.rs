//! Pipeline files of the tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with a pipeline file; gone when it is dropped.
pub(crate) struct PipelineFile {
    folder: TempDir,
    path: PathBuf,
}

/// What a test's pipeline reads and writes.
pub(crate) struct Names {
    pub(crate) brokers: String,
    pub(crate) topic: String,
    pub(crate) group: String,
    pub(crate) milvus: String,
    pub(crate) collection: String,
}

/// The demo's four plugins, which make rows of packages.
pub(crate) const PACKAGES_CHAIN: &str = r#"
[[plugin]]
use = "rename"
config = { rename = { pkg = "name", ver = "version", emb = "embedding" } }

[[plugin]]
path = "tidy-packages.wasm"

[[plugin]]
use = "dimension"
config = { field = "embedding" }

[[plugin]]
use = "route"
config = { field = "section", sanitize = true }
"#;

impl Names {
    /// Names of this test's own for the real servers.
    pub(crate) fn unique(test: &str, brokers: String, milvus: String) -> Self {
        let name = super::unique(test);
        Self { brokers, milvus, topic: name.clone(), group: name.clone(), collection: name }
    }

    /// The same, read by another group: from the start once more.
    pub(crate) fn with_group(&self, name: &str) -> Self {
        let Self { brokers, topic, group, milvus, collection } = self;
        let [brokers, topic, milvus, collection] = [brokers, topic, milvus, collection].map(Clone::clone);
        Self { brokers, topic, group: format!("{group}-{name}"), milvus, collection }
    }

    /// A file with the tables `[kafka]` and `[milvus]` that these names make, and the rest as given.
    pub(crate) fn file(&self, milvus: &str, rest: &str) -> PipelineFile {
        self.file_with("", milvus, rest)
    }

    /// The same, with more keys of `[kafka]`.
    pub(crate) fn file_with(&self, kafka: &str, milvus: &str, rest: &str) -> PipelineFile {
        let Self { brokers, topic, group, milvus: uri, collection } = self;
        PipelineFile::new(&format!(
            "name = \"test\"\n\n[kafka]\nbrokers = \"{brokers}\"\ntopics = [\"{topic}\"]\ngroup = \"{group}\"\n{kafka}\n\n\
             [milvus]\nuri = \"{uri}\"\ncollection = \"{collection}\"\n{milvus}\n\n{rest}"
        ))
    }
}

impl PipelineFile {
    /// Writes the file, and beside it the demo's own plugin.
    pub(crate) fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipeline.toml");
        std::fs::write(&path, text).expect("written");
        let plugin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist/tidy-packages.wasm");
        std::fs::copy(plugin, folder.path().join("tidy-packages.wasm")).expect("copied");
        Self { folder, path }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().expect("UTF-8")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}
