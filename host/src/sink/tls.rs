//! Securing the connection, and saying what to do where that fails.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use rustls::CertificateError;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::address::Address;
use super::error::SinkError;
use super::fault::innermost;

/// How a connection by TLS is secured, beyond what is usual.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// File with the certificates of the authorities by which the server is known; the system's where there is none.
    pub ca: Option<PathBuf>,
    /// Files with our own certificate and its private key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The name that the server's certificate must have; that of the address where there is none.
    pub server_name: Option<String>,
}

impl Tls {
    pub(super) fn config(&self, address: &Address) -> Result<ClientTlsConfig, SinkError> {
        let name = self.server_name.as_deref().unwrap_or(&address.host);
        let mut config = ClientTlsConfig::new().domain_name(name);
        config = match &self.ca {
            Some(ca) => config.ca_certificate(Certificate::from_pem(pem(ca, "ca", "CERTIFICATE")?)),
            None => config.with_enabled_roots(),
        };
        if let Some((cert, key)) = &self.identity {
            let (cert, key) = (pem(cert, "cert", "CERTIFICATE")?, pem(key, "key", "PRIVATE KEY")?);
            config = config.identity(Identity::from_pem(cert, key));
        }
        Ok(config)
    }
}

/// What is in a PEM file, which must hold something of that kind.
fn pem(path: &Path, key: &str, kind: &str) -> Result<Vec<u8>, SinkError> {
    let mistake = |what: String| SinkError::Misconfigured(format!("`tls.{key}` of Milvus: {} {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| mistake(format!("can't be read: {error}")))?;
    let mark = format!("{kind}-----");
    if !bytes.windows(mark.len()).any(|window| window == mark.as_bytes()) {
        return Err(mistake(format!("has no {} in PEM form", kind.to_lowercase())));
    }
    Ok(bytes)
}

/// What to do about a connection that failed for its security; none where it failed for something else.
pub(super) fn advice(error: &(dyn Error + 'static)) -> Option<String> {
    // An alert that comes later than the handshake reaches us as a text only.
    let cause = innermost(error);
    if cause.starts_with("received fatal alert: ") {
        let advice = "the server wants a certificate that it knows: set `tls.cert` and `tls.key` to one of an authority \
                      that it trusts";
        return Some(format!("{advice} ({cause})"));
    }
    let advice = match rustls_error(error)? {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "the server's certificate is from an authority that is not known here: set `tls.ca` to a file with that \
             authority's certificate"
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            "the server's certificate is for another name: set `uri` to a name that it has, or `tls.server_name` to one \
             of them"
        }
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "the server's certificate has expired: renew it"
        }
        rustls::Error::InvalidCertificate(_) => "the server's certificate is not accepted: look at it, and at `tls.ca`",
        rustls::Error::InvalidMessage(_) => {
            "the server speaks no TLS there: set `uri` to http://, or to its port for TLS"
        }
        _ => "the server and Kiteline don't agree on TLS",
    };
    Some(format!("{advice} ({cause})"))
}

/// The innermost of the causes that is TLS' own. An I/O error hides what it was made from.
fn rustls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    let mut found = None;
    while let Some(error) = next {
        let inner =
            error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| inner as &(dyn Error + 'static));
        let own = |error: &'a (dyn Error + 'static)| error.downcast_ref::<rustls::Error>();
        found = own(error).or_else(|| inner.and_then(own)).or(found);
        next = inner.or_else(|| error.source());
    }
    found
}
