//! Rules of `[decode.registry]`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Found, as_text, at, list};

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    let Some(registry) = at(root, ["decode", "registry"]) else { return };
    let Some(keys) = registry.get_ref().as_table() else { return };
    let get = |key: &str| keys.get(key);
    let oauth = get("oauth").and_then(|oauth| oauth.get_ref().as_table());
    let tokens = oauth.and_then(|oauth| oauth.get("url"));
    let addresses = list(get("urls")).map(|url| (url, "urls")).chain(tokens.map(|url| (url, "oauth.url")));
    for (url, key) in addresses {
        if let Some((text, at)) = as_text(url)
            && !text.is_empty()
            && !text.contains("${")
            && let Err(advice) = check_url(text)
        {
            found.add(&at, format!("`decode.registry.{key}`: not an address; {advice}"));
        }
    }
    check_auth(get, found);
    check_tls(keys, found);
}

/// Who asks is told in one way.
fn check_auth<'a, 'i: 'a>(get: impl Fn(&str) -> Option<&'a Spanned<DeValue<'i>>>, found: &mut Found) {
    if let (Some(_), Some(given)) = (get("token"), get("user").or(get("password"))) {
        let text = "[decode.registry] has both a token and a user with password; keep one of them";
        found.add(&given.span(), text.to_owned());
    }
    if let (Some(oauth), None) = (get("oauth"), get("user")) {
        let text = "`decode.registry.oauth` gives tokens to a client; write it as `user` and its secret as `password`";
        found.add(&oauth.span(), text.to_owned());
    }
    for (one, other) in [("user", "password"), ("password", "user")] {
        if let (Some(given), None) = (get(one), get(other)) {
            found.add(&given.span(), format!("`decode.registry.{one}` has no `{other}`; add it"));
        }
    }
}

fn check_tls(keys: &DeTable<'_>, found: &mut Found) {
    let Some(tls) = keys.get("tls").and_then(|tls| tls.get_ref().as_table()) else { return };
    for (one, other) in [("cert", "key"), ("key", "cert")] {
        if let (Some(given), None) = (tls.get(one), tls.get(other)) {
            let text =
                format!("`decode.registry.tls.{one}` has no `{other}`; a certificate and its private key go together");
            found.add(&given.span(), text);
        }
    }
}

/// What to do about an address that isn't one. The address itself is never shown, as it may hold a password.
fn check_url(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let rest = rest.ok_or("start it with http:// or https://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("write user and password as `user` and `password` in [decode.registry]");
    }
    if authority.is_empty() || authority.starts_with(':') || rest.contains(char::is_whitespace) {
        return Err("write the host after http:// or https://");
    }
    if rest.contains(['?', '#']) { Err("end it with the path of the registry's API") } else { Ok(()) }
}
