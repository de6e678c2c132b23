//! Rules of `[milvus]`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, as_text, at, literal_topics, text};

/// What Milvus takes as the name of a partition. `is_name` says the same.
pub(in crate::config) const PARTITION_NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    if let Some((uri, at)) = at(root, ["milvus", "uri"]).and_then(as_text)
        // What the environment was to fill in is told where it stands.
        && !uri.contains("${")
        && let Err(advice) = check_uri(uri)
    {
        found.add(&at, format!("`milvus.uri` is not an address of Milvus; {advice}"));
    }
    check_user(root, found);
    check_tls(root, found);
    if let Some((name, at)) = at(root, ["milvus", "partition"]).and_then(as_text)
        && !is_name(name)
    {
        let what = text::shown(name);
        let text = format!(
            "`milvus.partition`: {what} is no name for a partition; write letters of ASCII, digits and _, and no digit first"
        );
        found.add(&at, text);
    }
    let mode = at(root, ["milvus", "mode"]).and_then(as_text);
    let primary_key = at(root, ["milvus", "primary_key"]).and_then(as_text);
    if let (Some((mode, _)), Some(("origin", at))) = (mode, primary_key)
        && mode != "upsert"
    {
        let text = "`milvus.primary_key`: keys made from topic/partition/offset are there once only where rows are \
            upserted; leave `milvus.mode` out, or set it to \"upsert\"";
        found.add(&at, text.to_owned());
    }
    let Some(collection) = at(root, ["milvus", "collection"]) else {
        return;
    };
    let Some(collections) = collection.get_ref().as_table() else {
        return;
    };
    for (topic, _) in literal_topics(root).filter(|(topic, _)| !collections.contains_key(*topic)) {
        let line = format!("{} = \"…\"", text::key(topic));
        let what = text::shown(topic);
        found.add(&collection.span(), format!("`milvus.collection` has no collection for topic {what}; add `{line}`"));
    }
}

/// Who asks is a token, or a user with a password.
fn check_user(root: &DeTable<'_>, found: &mut Found) {
    let [token, user, password] = ["token", "user", "password"].map(|key| at(root, ["milvus", key]));
    let mut add = |place: &Spanned<DeValue<'_>>, text: &str| found.add(&place.span(), text.to_owned());
    match (token, user, password) {
        (Some(_), Some(given), _) | (Some(_), None, Some(given)) => {
            add(given, "[milvus] has both a token and a user with password; keep one of them");
        }
        (None, Some(user), None) => add(user, "`milvus.user` has no `password`; add it"),
        (None, None, Some(password)) => add(password, "`milvus.password` has no `user`; add it"),
        _ => {}
    }
    if let Some((name, at)) = user.and_then(as_text)
        && name.contains(':')
    {
        found
            .add(&at, "`milvus.user`: no user has a colon in its name; write the password as `milvus.password`".into());
    }
}

/// What secures a connection is of use only where it is secured.
fn check_tls(root: &DeTable<'_>, found: &mut Found) {
    let Some(tls) = at(root, ["milvus", "tls"]) else { return };
    let uri = at(root, ["milvus", "uri"]).and_then(as_text);
    if uri.is_some_and(|(uri, _)| uri.starts_with("http://")) {
        let text = "`milvus.tls` is for a connection by TLS, and `milvus.uri` starts with http://; start it with https://, \
            or remove `milvus.tls`";
        found.add(&tls.span(), text.to_owned());
    }
    let Some(keys) = tls.get_ref().as_table() else { return };
    for (one, other) in [("cert", "key"), ("key", "cert")] {
        if let (Some(given), None) = (keys.get(one), keys.get(other)) {
            found.add(
                &given.span(),
                format!("`milvus.tls.{one}` has no `{other}`; a certificate and its private key go together"),
            );
        }
    }
}

fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What to do about an address that isn't one. The address itself is never shown, as it may hold a password.
fn check_uri(uri: &str) -> Result<(), &'static str> {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
    let rest = rest.ok_or("start it with http:// or https://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("write user and password as `user` and `password` in [milvus]");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err("write the host after http:// or https://");
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(_) => Err("write the port as a number from 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_addresses_with_a_scheme_and_a_host() {
        for uri in
            ["http://localhost:19530", "https://db.example.com", "http://[::1]:19530", "http://[::1]", "http://h:1/"]
        {
            assert_eq!(check_uri(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn says_what_an_address_lacks() {
        let advice = |uri| check_uri(uri).expect_err(uri).split(' ').take(3).collect::<Vec<_>>().join(" ");
        for uri in ["", "localhost:19530", "tcp://localhost", "HTTP:/localhost"] {
            assert_eq!(advice(uri), "start it with", "{uri}");
        }
        for uri in ["http://", "http://:19530", "https:///path", "http://a b"] {
            assert_eq!(advice(uri), "write the host", "{uri}");
        }
        for uri in ["http://h:", "http://h:0", "http://h:x", "http://h:65536", "http://[::1]:x"] {
            assert_eq!(advice(uri), "write the port", "{uri}");
        }
        assert_eq!(advice("http://root:Milvus@h:19530"), "write user and");
    }
}
