//! A server with TLS, certificates on both sides, and passwords.

use std::path::PathBuf;

use super::*;

/// Its port, and the folder with its certificates.
fn server() -> (String, PathBuf) {
    let variable = "KITELINE_TEST_MILVUS_SECURE";
    let value = std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set: to what `tests/servers/milvus.sh start DIR --secure` prints, or run all tests with \
             `cargo xtask test`"
        )
    });
    let (address, folder) = value.split_once(' ').expect("an address and a folder");
    (address.rsplit(':').next().expect("a port").to_owned(), folder.into())
}

/// As the server wants it, but for what a test changes.
fn options(change: impl FnOnce(&mut Options, &mut Tls, &dyn Fn(&str) -> PathBuf)) -> Options {
    let (port, folder) = server();
    let file = |name: &str| folder.join(name);
    let mut options = Options {
        uri: format!("https://127.0.0.1:{port}"),
        token: Some("root:Milvus".into()),
        tls: None,
        database: None,
        timeout: Duration::from_secs(30),
    };
    let mut tls =
        Tls { ca: Some(file("ca.pem")), identity: Some((file("client.pem"), file("client.key"))), server_name: None };
    change(&mut options, &mut tls, &file);
    options.tls = options.uri.starts_with("https").then_some(tls);
    options
}

fn connect(options: &Options) -> Result<Client, SinkError> {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(Client::connect(options))
}

/// Why it can't be used, without the address.
fn refusal(options: &Options) -> String {
    let error = connect(options).expect_err("is refused");
    let host = options.uri.split_once("://").expect("a scheme").1;
    error.to_string().replace(host, "HOST")
}

#[test]
fn a_secured_server_is_written_to() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = Client::connect(&options(|_, _, _| {})).await.expect("connects");
        let schema = Schema::new(collection("secured", [key("id"), field("vector", float_vector(4))]));
        let described = make(&client, "secured", schema).await;
        let rows = batch([("id", ids([1])), ("vector", vectors(1))]);
        write(&client, &described, &rows, None).await.expect("writes");
    });
}

#[test]
fn a_server_is_known_by_the_name_that_it_should_have() {
    let of = |name: Option<&str>| {
        let name = name.map(ToOwned::to_owned);
        options(|options, tls, _| {
            options.uri = options.uri.replace("127.0.0.1", "localhost");
            tls.server_name = name;
        })
    };
    connect(&of(Some("milvus.test"))).expect("connects");
    for name in [None, Some("other.test")] {
        let text = refusal(&of(name));
        let start = "Milvus at https://HOST can't be reached by TLS: the server's certificate is for another name: set `uri` \
                     to a name that it has, or `tls.server_name` to one of them (";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("milvus.test"), "{text}");
    }
}

#[test]
fn a_server_of_an_unknown_authority_is_not_trusted() {
    let stranger = options(|_, tls, file| tls.ca = Some(file("stranger-ca.pem")));
    let system = options(|_, tls, _| tls.ca = None);
    for options in [stranger, system] {
        assert_eq!(
            refusal(&options),
            "Milvus at https://HOST can't be reached by TLS: the server's certificate is from an authority that is not \
             known here: set `tls.ca` to a file with that authority's certificate (invalid peer certificate: \
             UnknownIssuer)"
        );
    }
}

#[test]
fn a_server_that_wants_another_certificate_or_any_says_so() {
    let none = options(|_, tls, _| tls.identity = None);
    let unknown = options(|_, tls, file| tls.identity = Some((file("stranger.pem"), file("stranger.key"))));
    for options in [none, unknown] {
        // The server ends the connection, with or without a word that reaches us before.
        let text = refusal(&options);
        let told = "Milvus at https://HOST can't be reached by TLS: the server wants a certificate that it knows: set \
                    `tls.cert` and `tls.key` to one of an authority that it trusts (received fatal alert: BadCertificate)";
        assert!(text == told || text.ends_with("does it want a certificate (`tls.cert` and `tls.key`)?"), "{text}");
    }
}

#[test]
fn files_that_are_no_certificates_are_told_by_their_key() {
    for (change, key, why) in [
        (
            (|tls, file| tls.ca = Some(file("none.pem"))) as fn(&mut Tls, &dyn Fn(&str) -> PathBuf),
            "ca",
            "can't be read: ",
        ),
        (|tls, file| tls.ca = Some(file("ca.key")), "ca", "has no certificate in PEM form"),
        (
            |tls, file| tls.identity = Some((file("client.key"), file("client.key"))),
            "cert",
            "has no certificate in PEM",
        ),
        (|tls, file| tls.identity = Some((file("client.pem"), file("client.pem"))), "key", "has no private key in PEM"),
    ] {
        let text = refusal(&options(|_, tls, file| change(tls, file)));
        assert!(text.starts_with(&format!("`tls.{key}` of Milvus: ")) && text.contains(why), "{text}");
    }
    let text = refusal(&options(|_, tls, file| tls.identity = Some((file("client.pem"), file("server.key")))));
    assert_eq!(text, "`tls` of Milvus: its files or its name can't be used: keys may not be consistent: KeyMismatch");
}

#[test]
fn a_user_or_password_that_is_wrong_is_told() {
    for token in [Some("root:wrong"), Some("nobody:Milvus"), Some("an-api-key"), None] {
        let text = refusal(&options(|options, _, _| options.token = token.map(Into::into)));
        assert_eq!(
            text,
            "Milvus at https://HOST does not accept who asks: set `user` and `password`, or `token` to an API key, to \
             what it knows",
            "{token:?}"
        );
    }
}

#[test]
fn who_takes_tls_for_none_and_none_for_tls_is_told() {
    let text = refusal(&options(|options, _, _| options.uri = options.uri.replace("https", "http")));
    assert!(text.contains("with https:// where it has TLS?"), "{text}");
    let plain = Server::Milvus.uri().replace("http", "https");
    let text = refusal(&options(|options, _, _| options.uri = plain));
    assert!(text.contains("the server speaks no TLS there: set `uri` to http://"), "{text}");
}
