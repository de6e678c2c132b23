//! Rules of `[admin]`.

use toml::de::DeTable;

use super::{Found, as_text, at, text};

pub(super) fn check(root: &DeTable<'_>, found: &mut Found) {
    if let Some((listen, at)) = at(root, ["admin", "listen"]).and_then(as_text)
        && !is_address(listen)
    {
        let what = text::shown(listen);
        let text = format!(
            "`admin.listen`: {what} is not an address and a port; write them as \"127.0.0.1:9464\", or \
             \"0.0.0.0:9464\" for every network"
        );
        found.add(&at, text);
    }
}

/// An address with a port, or a name with one. Port 0 is any that is free. An empty text has its own rule.
fn is_address(listen: &str) -> bool {
    let is_name = |(host, port): (&str, &str)| {
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        !host.is_empty() && host.chars().all(is_host) && port.parse::<u16>().is_ok()
    };
    listen.is_empty() || listen.parse::<std::net::SocketAddr>().is_ok() || listen.rsplit_once(':').is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for listen in ["127.0.0.1:9464", "0.0.0.0:0", "[::]:9464", "[::1]:80", "localhost:9464", "my-host.lan:1"] {
            assert!(is_address(listen), "{listen}");
        }
        for listen in [":9464", "9464", "localhost", "localhost:", "localhost:70000", "::1:80:x", "http://a:1", "a b:1"]
        {
            assert!(!is_address(listen), "{listen}");
        }
    }
}
