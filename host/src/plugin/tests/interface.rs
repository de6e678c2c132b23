//! What was released stays as it is: the text of the interface, and the plugins that were built against it.

use sha2::{Digest, Sha256};

use super::*;
use crate::plugin::Info;

/// The released versions of the interface: the SHA-256 of their files, in the order of their names, one after the other.
const RELEASED: [(&str, &str); 1] = [("v0.1.0", "067f18ff07cfdfe9cdbad1b1531b5517022afc34505072b6fc951ed629105fc9")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn a_released_interface_is_never_changed() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("wit"))
        .expect("wit/ is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    assert_eq!(folders, RELEASED.map(|(version, _)| version), "each folder of wit/ is a release with a digest here");
    for (version, digest) in RELEASED {
        let mut files: Vec<_> = std::fs::read_dir(root().join("wit").join(version))
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        let mut hash = Sha256::new();
        files.iter().for_each(|file| hash.update(std::fs::read(file).expect("it can be read")));
        let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest, "wit/{version} is released: a change needs a version, in a folder of its own");
    }
}

/// A component for each release, built when it was made; never built anew.
#[test]
fn a_plugin_of_every_release_still_works() {
    for (version, _) in RELEASED {
        let path = root().join(format!("tests/released/{version}.wasm"));
        let config = r#"{"rename":{"name":"title"}}"#;
        let plugin = Plugin::from_file(engine(), &path, config.into(), limits(), &Arc::default()).expect("it loads");
        let Info { name, version, config_schema } = plugin.info();
        assert_eq!((name.as_str(), version.as_str()), ("rename", "0.1.0"));
        assert!(config_schema.contains("New names by old names"));
        let processed = chain_of(plugin).process(batch_with_bad(2, &[]));
        assert_eq!(texts(&processed.batch, "title"), [Some("row 0".to_owned()), Some("row 1".to_owned())]);
    }
}
