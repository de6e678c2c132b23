//! Questions to the registry: every address in turn, signed, bounded.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Identity, Url};

use super::RegistryError;
use super::answer::{self, Registered};
use super::auth::{Asker, Auth};
use super::http::{Failure, Http, Response};
use super::schema::{SchemaId, uuid};
use crate::config::Secret;

/// Largest answer: schemas of a megabyte are the largest that registries are set up for.
const ANSWER: usize = 4 << 20;
/// Most redirections, all to the same host.
const REDIRECTIONS: usize = 4;

/// How the registry is reached.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Addresses of the same registry, each with the path of its API.
    pub urls: Vec<String>,
    /// Who asks.
    pub auth: Auth,
    /// Headers that go with each question.
    pub headers: Vec<(String, Secret)>,
    /// How https:// is secured.
    pub tls: Tls,
    /// Longest time for one question.
    pub timeout: Duration,
}

/// How https:// is secured, beyond what is usual.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// File with the certificates of the authorities by which the registry is known; the system's where there is none.
    pub ca: Option<PathBuf>,
    /// Files with our own certificate and its private key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    urls: Vec<Url>,
    /// The address that answered last.
    first: AtomicUsize,
    asker: Asker,
    headers: HeaderMap,
}

impl Client {
    pub(super) fn new(options: &Options) -> Result<Self, RegistryError> {
        let misconfigured = RegistryError::Misconfigured;
        let urls = options.urls.iter().map(|url| Url::parse(url));
        let urls = urls.collect::<Result<Vec<_>, _>>().map_err(|error| misconfigured(format!("`urls`: {error}")))?;
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(same_host())
            .timeout(options.timeout)
            .connect_timeout(options.timeout)
            .user_agent(concat!("kiteline/", env!("CARGO_PKG_VERSION")));
        if let Some(ca) = &options.tls.ca {
            let certificates = Certificate::from_pem_bundle(&pem(ca, "ca")?).unwrap_or_default();
            if certificates.is_empty() {
                return Err(misconfigured(format!("`tls.ca`: {} has no certificate in PEM form", ca.display())));
            }
            builder = builder.tls_built_in_root_certs(false);
            builder = certificates.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        }
        if let Some((cert, key)) = &options.tls.identity {
            let both = [pem(cert, "cert")?, pem(key, "key")?].concat();
            let identity = Identity::from_pem(&both);
            builder = builder.identity(identity.map_err(|_| {
                misconfigured("`tls.cert` and `tls.key` are no certificate and private key in PEM form".to_owned())
            })?);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &options.headers {
            let name = HeaderName::try_from(name.as_str());
            let value = HeaderValue::try_from(value.expose());
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return Err(misconfigured("`headers` has a name or a value that no header can have".to_owned()));
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let client = builder.build().map_err(|error| misconfigured(format!("can't be used: {error}")))?;
        let asker = Asker::new(options.auth.clone());
        Ok(Self { http: Http::new(client), urls, first: AtomicUsize::new(0), asker, headers })
    }

    /// Whether there is a registry that answers us.
    pub(super) async fn greet(&self) -> Result<(), Failure> {
        match self.ask(&["schemas", "types"]).await?.status {
            // Not every registry tells its types.
            200 | 404 | 405 => Ok(()),
            status => Err(answer::unwilling(status)),
        }
    }

    /// The schema of that id.
    pub(super) async fn by_id(&self, id: SchemaId) -> Result<Registered, Failure> {
        let (response, by_guid) = match id {
            SchemaId::Number(number) => (self.ask(&["schemas", "ids", &number.to_string()]).await?, false),
            SchemaId::Guid(bytes) => (self.ask(&["schemas", "guids", &uuid(&bytes)]).await?, true),
        };
        answer::registered(&response, by_guid)
    }

    /// A version of a subject.
    pub(super) async fn version(&self, subject: &str, version: u32) -> Result<Registered, Failure> {
        let response = self.ask(&["subjects", subject, "versions", &version.to_string()]).await?;
        answer::registered(&response, false)
    }

    /// The latest version of a subject.
    pub(super) async fn latest(&self, subject: &str) -> Result<Registered, Failure> {
        answer::registered(&self.ask(&["subjects", subject, "versions", "latest"]).await?, false)
    }

    /// Asks one address after the other until one answers.
    async fn ask(&self, path: &[&str]) -> Result<Response, Failure> {
        let start = self.first.load(Ordering::Relaxed);
        let mut last = Failure::Passing("there is no address".to_owned());
        for turn in 0..self.urls.len() {
            let index = (start + turn) % self.urls.len();
            match self.ask_one(&self.urls[index], path).await {
                Ok(response) if !is_passing(response.status) => {
                    self.first.store(index, Ordering::Relaxed);
                    return Ok(response);
                }
                Ok(response) => last = answer::unwilling(response.status),
                Err(unusable @ Failure::Unusable(_)) => return Err(unusable),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    async fn ask_one(&self, url: &Url, path: &[&str]) -> Result<Response, Failure> {
        let mut url = url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let response = self.get(url.clone()).await?;
        // A token may have been taken back before its time; with a new one it is asked once more.
        if response.status == 401 && self.asker.refused().await {
            return self.get(url).await;
        }
        Ok(response)
    }

    async fn get(&self, url: Url) -> Result<Response, Failure> {
        let request = self.http.client().get(url).headers(self.headers.clone());
        let request = request.header("accept", "application/vnd.schemaregistry.v1+json, application/json");
        self.http.send(self.asker.sign(request, &self.http).await?, ANSWER).await
    }
}

/// True where another address, or the same one later, may answer.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..)
}

/// Who asks is told to the host in the file, and to no other.
fn same_host() -> Policy {
    Policy::custom(|attempt| {
        let last = attempt.previous().last();
        let same = last.is_some_and(|last| last.origin() == attempt.url().origin());
        if same && attempt.previous().len() <= REDIRECTIONS { attempt.follow() } else { attempt.stop() }
    })
}

fn pem(path: &Path, key: &str) -> Result<Vec<u8>, RegistryError> {
    std::fs::read(path).map_err(|error| {
        RegistryError::Misconfigured(format!("`tls.{key}`: {} can't be read: {error}", path.display()))
    })
}
