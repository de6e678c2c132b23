//! A Milvus with TLS, certificates on both sides, and passwords.

use super::support::kiteline::{Ended, kiteline};
use super::support::pipeline::{Names, PipelineFile};
use super::support::{secure_milvus, unique};

const PASSWORD: &str = "Milvus";

/// A pipeline into a collection that is not there, with that password in a file, and these keys.
fn check(password: &str, tls: &str) -> Ended {
    let (uri, folder) = secure_milvus();
    let names = Names::unique("secured", "127.0.0.1:1".into(), uri);
    let tls = tls.replace("DIR", &folder.display().to_string());
    let file: PipelineFile =
        names.file("user = \"root\"\npassword = \"file:password\"", &format!("[milvus.tls]\n{tls}"));
    std::fs::write(file.folder().join("password"), format!("{password}\n")).expect("written");
    kiteline(&["check", file.path()])
}

const ALL: &str = "ca = \"DIR/ca.pem\"\ncert = \"DIR/client.pem\"\nkey = \"DIR/client.key\"\n";

#[test]
fn it_is_reached_with_authority_certificate_and_password() {
    let ended = check(PASSWORD, ALL);
    assert!(ended.code == Some(2) && ended.stderr.contains("has no collection `secured"), "{}", ended.stderr);
}

#[test]
fn what_is_missing_or_wrong_is_a_mistake_that_says_what_to_do_and_no_secret() {
    let wrong = unique("hunter");
    for (password, tls, reason) in [
        (&*wrong, ALL.to_owned(), "does not accept who asks: set `user` and `password`"),
        (
            PASSWORD,
            ALL.replace("/ca.pem", "/stranger-ca.pem"),
            "set `tls.ca` to a file with that authority's certificate",
        ),
        (PASSWORD, format!("{ALL}server_name = \"other.test\"\n"), "the server's certificate is for another name"),
        (PASSWORD, "ca = \"DIR/ca.pem\"".to_owned(), "`tls.cert`"),
    ] {
        let ended = check(password, &tls);
        // Without a certificate the server ends the connection; whether it says why before that is a matter of luck.
        assert!(matches!(ended.code, Some(2 | 3)) && ended.stderr.contains(reason), "{}", ended.stderr);
        assert!(!ended.stderr.contains(&wrong) && !ended.stdout.contains(&wrong), "{}", ended.stderr);
    }
}
