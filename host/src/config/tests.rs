//! Files of `tests/config` at the top of the repository: each of `valid` reads, each of `invalid` has the mistakes that
//! stand beside it. `UPDATE_GOLDEN=1` writes those anew.

use std::path::{Path, PathBuf};

use super::{Mistakes, PipelineFile, load};

const SHIPPED: [&str; 4] = ["decode-msgpack", "rename", "dimension", "route"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/config").join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder is in the repository");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn read(path: &Path) -> Result<PipelineFile, Mistakes> {
    load(path, &SHIPPED, &|name| (name == "MILVUS_TOKEN").then(|| "root:Milvus".to_owned()))
}

#[test]
fn reads_every_valid_file() {
    for path in files("valid") {
        if let Err(mistakes) = read(&path) {
            panic!("{mistakes}");
        }
    }
}

#[test]
fn lists_the_mistakes_of_every_invalid_file() {
    for path in files("invalid") {
        let mistakes = read(&path).expect_err(&path.display().to_string()).to_string();
        let found = mistakes.replace(&format!("{}:", path.display()), "pipeline.toml:") + "\n";
        let golden = path.with_extension("err");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &found).expect("the golden file can be written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(found, expected, "{}", golden.display());
    }
}

#[test]
fn reads_the_keys_that_a_file_gives() {
    let file = read(&folder("valid/full.toml")).expect("the file is valid");
    assert_eq!((file.name.as_str(), file.lanes, file.batch.rows, file.write.rows), ("packages", 2, 500, 5000));
    assert_eq!(file.milvus.token.as_ref().map(|token| token.expose()), Some("root:Milvus"));
    assert_eq!(file.kafka.client["sasl.password"].expose(), "p${w");
    assert_eq!(file.plugins[0].config["rename"]["pkg"].as_str(), Some("name"));
}

#[test]
fn looks_for_files_from_the_folder_of_the_file() {
    let file = read(&folder("valid/full.toml")).expect("the file is valid");
    assert_eq!(file.plugins[1].path, Some(folder("valid/plugins/clean.wasm")));
    assert_eq!(file.plugins[2].path, Some(PathBuf::from("/opt/plugins/embed.wasm")));

    let file = read(&folder("valid/secured.toml")).expect("the file is valid");
    let tls = file.milvus.tls.expect("is given");
    assert_eq!(tls.ca, Some(folder("valid/tls/ca.pem")));
    assert_eq!(tls.key, Some(PathBuf::from("/etc/kiteline/kiteline.key")));
    assert_eq!(file.milvus.password.as_ref().map(|password| password.expose()), Some("s3cret"));

    let decode = read(&folder("valid/registry.toml")).expect("the file is valid").decode;
    let tls = decode.registry.and_then(|registry| registry.tls);
    assert_eq!(tls.and_then(|tls| tls.ca), Some(folder("valid/tls/ca.pem")));
    assert_eq!(file.kafka.client["sasl.password"].expose(), "s3cret");

    let decode = read(&folder("valid/avro.toml")).expect("the file is valid").decode;
    assert_eq!(decode.schema_file, Some(folder("valid/schemas/package.avsc")));
    assert_eq!(decode.key.schema_file, Some(PathBuf::from("/etc/kiteline/key.avsc")));

    let decode = read(&folder("valid/protobuf.toml")).expect("the file is valid").decode;
    let files = [decode.protobuf, decode.key.protobuf].map(|protobuf| protobuf.expect("is given").file);
    assert_eq!(files, [folder("valid/schemas/package.proto"), PathBuf::from("/etc/kiteline/key.pb")]);
}

/// The files in `docs` for services that Kiteline is used with.
#[test]
fn reads_the_files_for_cloud_services() {
    let env = |name: &str| Some(format!("<{name}>"));
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let zilliz = load(&docs.join("zilliz-cloud.toml"), &SHIPPED, &env).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(zilliz.milvus.token.as_ref().map(|token| token.expose()), Some("<ZILLIZ_API_KEY>"));
    assert!(zilliz.milvus.uri.starts_with("https://") && zilliz.milvus.tls.is_none());

    let confluent =
        load(&docs.join("confluent-cloud.toml"), &SHIPPED, &env).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let client = |key: &str| confluent.kafka.client[key].expose();
    let settings = ["security.protocol", "sasl.mechanism", "sasl.username", "sasl.password"].map(client);
    assert_eq!(settings, ["SASL_SSL", "PLAIN", "<CONFLUENT_API_KEY>", "<CONFLUENT_API_SECRET>"]);
}

#[test]
fn says_that_a_file_cannot_be_read() {
    let mistakes = read(Path::new("no/such.toml")).expect_err("there is no such file").to_string();
    assert!(mistakes.starts_with("no/such.toml: the file cannot be read: "), "{mistakes}");
}

#[test]
fn says_where_a_file_is_not_utf8() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), b"name = \"x\"\n# \xff").expect("it can be written");
    let mistakes = read(file.path()).expect_err("it is not UTF-8").to_string();
    assert!(mistakes.ends_with(":2:3: not UTF-8; save the file as UTF-8"), "{mistakes}");
}
