//! Who asks, and whom it is told.

use super::super::{Auth, OAuth};
use super::stub::{Stub, ok};
use super::{Asking, connect, options};
use crate::config::Secret;
use crate::registry::Options;

const SCHEMA: &str = r#"{"schema": "{}", "schemaType": "JSON"}"#;

fn with(url: &str, auth: Auth) -> Options {
    Options { auth, ..options(&[url]) }
}

#[test]
fn a_user_a_token_and_headers_go_with_each_question() {
    let basic = Auth::Basic { user: "me".into(), password: Secret::from("hunter2".to_owned()) };
    for (auth, expected) in
        [(basic, "Basic bWU6aHVudGVyMg=="), (Auth::Bearer(Secret::from("t0".to_owned())), "Bearer t0")]
    {
        let stub = Stub::start(|_| ok(SCHEMA));
        let headers = vec![("target-sr-cluster".to_owned(), Secret::from("lsrc-1".to_owned()))];
        let options = Options { headers, ..with(&stub.url, auth) };
        Asking::new(&options).schema(1);
        for question in stub.questions() {
            assert_eq!(question.header("authorization"), Some(expected));
            assert_eq!(question.header("target-sr-cluster"), Some("lsrc-1"));
        }
        assert!(!format!("{options:?}").contains("hunter2") && !format!("{options:?}").contains("lsrc-1"));
    }
}

#[test]
fn a_token_of_oauth_is_kept_until_it_ends_or_is_taken_back() {
    let mut given = 0;
    let issuer = Stub::start(move |_| {
        given += 1;
        ok(&format!(r#"{{"access_token": "t{given}", "token_type": "Bearer", "expires_in": 3600}}"#))
    });
    let mut asked = 0;
    let stub = Stub::start(move |question| {
        asked += 1;
        let accepted = if asked < 3 { "Bearer t1" } else { "Bearer t2" };
        if question.header("authorization") == Some(accepted) { ok(SCHEMA) } else { (401, "", String::new()) }
    });
    let oauth = OAuth {
        url: format!("{}/token", issuer.url),
        client_id: "kite line".into(),
        client_secret: Secret::from("s".to_owned()),
        scope: Some("registry read".into()),
    };
    let asking = Asking::new(&with(&stub.url, Auth::OAuth(oauth)));
    (1..=4).for_each(|id| drop(asking.schema(id)));

    let asked = issuer.questions();
    assert_eq!(asked.len(), 2, "a token serves until it is taken back");
    assert_eq!((asked[0].line.as_str(), asked[0].body.as_str()), {
        ("POST /token", "grant_type=client_credentials&scope=registry+read")
    });
    assert_eq!(asked[0].header("authorization"), Some("Basic a2l0ZSBsaW5lOnM="));
    assert_eq!(stub.lines().len(), 6);
}

#[test]
fn a_token_that_soon_ends_is_replaced() {
    let issuer = Stub::start(|_| ok(r#"{"access_token": "t", "expires_in": 0}"#));
    let stub = Stub::start(|_| ok(SCHEMA));
    let oauth = OAuth {
        url: issuer.url.clone(),
        client_id: "k".into(),
        client_secret: Secret::from("s".to_owned()),
        scope: None,
    };
    Asking::new(&with(&stub.url, Auth::OAuth(oauth))).schema(1);
    assert_eq!(issuer.lines().len(), 2);
}

#[test]
fn without_a_token_the_registry_is_not_asked() {
    let issuer = Stub::start(|_| (400, "", r#"{"error": "invalid_client"}"#.to_owned()));
    let stub = Stub::start(|_| ok(SCHEMA));
    let oauth = OAuth {
        url: issuer.url.clone(),
        client_id: "k".into(),
        client_secret: Secret::from("hidden".to_owned()),
        scope: None,
    };
    let error = connect(&with(&stub.url, Auth::OAuth(oauth))).err().expect("no token").to_string();
    assert!(error.contains("no token from `oauth.url`: it answers with status 400"), "{error}");
    assert!(stub.lines().is_empty() && !error.contains("hidden"));
}

#[test]
fn a_redirection_to_another_host_is_not_followed_and_one_within_the_host_is() {
    let other = Stub::start(|_| ok(SCHEMA));
    let header: &'static str = format!("location: {}/x\r\n", other.url).leak();
    let stub = Stub::start(move |_| (307, header, String::new()));
    let auth = Auth::Bearer(Secret::from("t".to_owned()));
    let error = connect(&with(&stub.url, auth.clone())).err().expect("sent on").to_string();
    assert!(error.contains("it sends on to another host (status 307)"), "{error}");
    assert!(other.lines().is_empty());

    let stub = Stub::start(|question| match question.line.as_str() {
        "GET /schemas/types" => (308, "location: /v7/schemas/types\r\n", String::new()),
        _ => ok(SCHEMA),
    });
    drop(Asking::new(&with(&stub.url, auth)));
    assert_eq!(stub.questions()[1].header("authorization"), Some("Bearer t"));
}
