//! The address of Milvus, as the pipeline file gives it.

use tonic::transport::Uri;

use super::error::SinkError;

/// Milvus' port where the address names none. With TLS it is that of HTTPS, as Zilliz Cloud has it.
const PORT: u16 = 19530;

/// An address that has all its parts and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Scheme, host and port.
    pub(super) text: String,
    /// The host alone, an IPv6 address without its brackets.
    pub(super) host: String,
    /// True where it is `https`.
    pub(super) tls: bool,
}

impl Address {
    /// Reads `http://host:port` or `https://host:port`.
    pub(super) fn parse(uri: &str) -> Result<Self, SinkError> {
        let mistake = |what: &str| SinkError::Misconfigured(format!("`uri` of Milvus {what}"));
        let parsed: Uri = uri.parse().map_err(|_| mistake("is no address; it looks like http://localhost:19530"))?;
        let (tls, port) = match parsed.scheme_str() {
            Some("http") => (false, PORT),
            Some("https") => (true, 443),
            _ => return Err(mistake("must start with http:// or https://")),
        };
        let Some(authority) = parsed.authority() else { return Err(mistake("names no host")) };
        if authority.as_str().contains('@') {
            return Err(mistake("has a user in it; set `user` and `password`"));
        }
        if !matches!(parsed.path(), "" | "/") || parsed.query().is_some() {
            return Err(mistake("has a path; a database is named in `database`"));
        }
        let port = authority.port_u16().unwrap_or(port);
        let scheme = if tls { "https" } else { "http" };
        let host = authority.host();
        let text = format!("{scheme}://{host}:{port}");
        Ok(Self { text, host: host.trim_matches(['[', ']']).to_owned(), tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_port_gets_the_usual_one() {
        let text = |uri| Address::parse(uri).map(|address| (address.text, address.tls)).map_err(|e| e.to_string());
        assert_eq!(text("http://localhost:19531"), Ok(("http://localhost:19531".into(), false)));
        assert_eq!(text("http://milvus/"), Ok(("http://milvus:19530".into(), false)));
        assert_eq!(text("https://in01.zillizcloud.com"), Ok(("https://in01.zillizcloud.com:443".into(), true)));
        assert_eq!(text("http://[::1]:7"), Ok(("http://[::1]:7".into(), false)));
    }

    #[test]
    fn an_address_that_is_none_says_what_it_should_be_and_shows_no_secret() {
        let text = |uri| Address::parse(uri).expect_err("is a mistake").to_string();
        assert_eq!(text("localhost:19530"), "`uri` of Milvus must start with http:// or https://");
        assert_eq!(text("a b"), "`uri` of Milvus is no address; it looks like http://localhost:19530");
        assert_eq!(text("http://root:secret@milvus"), "`uri` of Milvus has a user in it; set `user` and `password`");
        assert_eq!(text("http://milvus/books"), "`uri` of Milvus has a path; a database is named in `database`");
    }
}
