//! The inputs of a target, and what is to become of them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const EXPECTED: &str = "expected.txt";

pub(crate) struct Corpus {
    folder: PathBuf,
    /// By name, in the order of their names.
    pub(crate) inputs: Vec<(String, Vec<u8>)>,
}

impl Corpus {
    pub(crate) fn of(target: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(target);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut inputs = Vec::new();
        for file in files {
            let path = file.expect("it can be looked at").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8").to_owned();
            if name != EXPECTED {
                inputs.push((name, fs::read(&path).expect("it can be read")));
            }
        }
        inputs.sort();
        assert!(!inputs.is_empty(), "{} has no input", folder.display());
        Self { folder, inputs }
    }

    /// Compares what became of the inputs with what was written down.
    pub(crate) fn expect(&self, became: &[(&str, String)]) {
        let mut page = String::new();
        for (name, outcome) in became {
            writeln!(page, "{name}: {outcome}").expect("in memory");
        }
        let file = self.folder.join(EXPECTED);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&file, &page).expect("written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        for (line, expected) in page.lines().zip(expected.lines()) {
            assert_eq!(line, expected, "{}: run with UPDATE_GOLDEN=1, and look at the diff", file.display());
        }
        assert_eq!(page.lines().count(), expected.lines().count(), "{}: run with UPDATE_GOLDEN=1", file.display());
    }
}
