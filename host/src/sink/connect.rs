//! The connection to Milvus: one gRPC channel, over which all calls of a process go.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use milvus::proto::common::{ClientInfo, Status as MilvusStatus};
use milvus::proto::milvus as proto;
use milvus::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus::v2::types::ConnectConfig;
use tokio::sync::{Mutex, MutexGuard};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use super::address::Address;
use super::error::SinkError;
use super::fault::{self, Code, Fault};
use super::guard;
use super::server::Server;
use super::tls::Tls;
use super::wire::Wire;
use crate::standstill::Standstill;

/// Longest time for making a connection; the calls on it have [`Options::timeout`].
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// While a call is under way and nothing comes back, the connection is tested so often, and given up where that is not
/// answered in this time, so that the next call gets a new one. At most three times in a call, and never while idle:
/// Milvus Lite closes connections that are tested more often, Milvus those tested every five seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// What HTTP/2 lets Milvus send before it must wait for us.
const WINDOW: u32 = 4 << 20;
/// Milvus' code for a database that does not exist.
const DATABASE_MISSING: i32 = 800;
/// Largest answer that is taken. Milvus itself sends up to 256 MiB where it is asked for whole rows.
const ANSWER_MAX: usize = 256 << 20;

/// How Milvus is reached.
#[derive(Clone)]
pub struct Options {
    /// `http://host:port`, or `https://host:port` for TLS.
    pub uri: String,
    /// API key or `user:password`.
    pub token: Option<String>,
    /// How TLS is secured, where that is not as usual.
    pub tls: Option<Tls>,
    /// Database; Milvus' default one where there is none.
    pub database: Option<String>,
    /// Longest time for one call.
    pub timeout: Duration,
}

/// A connection to one database of Milvus. Clones share it.
#[derive(Clone)]
pub struct Client {
    pub(super) service: Service,
    /// The same, for messages whose bytes are ready.
    pub(super) wire: Wire,
    timeout: Duration,
    address: Arc<str>,
    pub(super) server: Server,
    /// Held by a write where the server can't take two at once.
    turn: Arc<Mutex<()>>,
}

/// Milvus' calls, on a channel that adds who asks and which database is meant.
pub(super) type Service = MilvusServiceClient<InterceptedService<Channel, Metadata>>;

/// What every call carries.
#[derive(Clone)]
pub(super) struct Metadata {
    authorization: Option<MetadataValue<Ascii>>,
    database: Option<MetadataValue<Ascii>>,
}

/// An answer that says whether Milvus did what it was asked to do.
pub(super) trait Answer {
    /// The status in it.
    fn status(&self) -> Option<&MilvusStatus>;
}

impl Client {
    /// Connects, and makes sure that the server is there, takes the token and has the database.
    pub async fn connect(options: &Options) -> Result<Self, SinkError> {
        Self::over(options, Endpoint::connect_lazy).await
    }

    /// The same, for a member of a consumer group: what it was sending when the process stood still is never completed.
    pub(crate) async fn connect_guarded(options: &Options, standstill: &Arc<Standstill>) -> Result<Self, SinkError> {
        Self::over(options, |endpoint| guard::channel(endpoint, Arc::clone(standstill))).await
    }

    async fn over(options: &Options, channel: impl FnOnce(&Endpoint) -> Channel) -> Result<Self, SinkError> {
        let address = Address::parse(&options.uri)?;
        let channel = channel(&endpoint(&address, options)?);
        let channel = InterceptedService::new(channel, Metadata::of(options)?);
        let wire = channel.clone();
        let service = MilvusServiceClient::new(channel).max_decoding_message_size(ANSWER_MAX);
        let (timeout, address) = (options.timeout, address.text.into());
        let mut client = Self { service, wire, timeout, address, server: Server::of(""), turn: Arc::default() };
        client.server = client.introduce(options.database.as_deref()).await?;
        if let Some(database) = &options.database {
            client.check_database(database).await?;
        }
        Ok(client)
    }

    /// Scheme, host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until a write may be sent; it may be under way for as long as this is held.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        if self.server.takes_writes_at_once() { None } else { Some(self.turn.lock().await) }
    }

    /// The server's version as it gives it.
    pub fn server(&self) -> &str {
        &self.server.name
    }

    /// Whether an upsert can replace single fields of a row; of a version that is not known, that it can.
    pub fn takes_partial_updates(&self) -> bool {
        self.server.takes_partial_updates()
    }

    /// Sends a request with the deadline, and looks at both of Milvus' codes.
    pub(super) async fn call<Q, A: Answer, F>(
        &self,
        request: Q,
        send: impl FnOnce(Service, Request<Q>) -> F,
    ) -> Result<A, Fault>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        self.send(request, |request| send(self.service.clone(), request)).await
    }

    /// The same, however it is sent.
    pub(super) async fn send<Q, A: Answer, F>(&self, request: Q, send: impl FnOnce(Request<Q>) -> F) -> Result<A, Fault>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut request = Request::new(request);
        request.set_timeout(self.timeout);
        // The deadline in the request does not cover the time until there is a connection.
        let answer = tokio::time::timeout(self.timeout, send(request)).await;
        let answer = answer.map_err(|_| Fault::timeout(self.timeout))?;
        let answer = answer.map_err(|status| Fault::of_call(status, self.timeout))?.into_inner();
        match Fault::of_status(answer.status()) {
            None => Ok(answer),
            Some(fault) => Err(fault),
        }
    }

    /// The same for calls that carry no rows. `what` completes "Milvus did not …".
    pub(super) async fn ask<Q, A: Answer, F>(
        &self,
        what: &str,
        request: Q,
        send: impl FnOnce(Service, Request<Q>) -> F,
    ) -> Result<A, SinkError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        self.call(request, send).await.map_err(|fault| self.error(&fault, what))
    }

    pub(super) fn error(&self, fault: &Fault, what: &str) -> SinkError {
        SinkError::of(fault, &self.address, what)
    }

    /// Tells the server who connects; its answer is the first sign that it is there and takes the token.
    async fn introduce(&self, database: Option<&str>) -> Result<Server, SinkError> {
        let client_info = Some(ClientInfo {
            sdk_type: "Kiteline".into(),
            sdk_version: env!("CARGO_PKG_VERSION").into(),
            ..ClientInfo::default()
        });
        let request = proto::ConnectRequest { base: None, client_info };
        match self.call(request, async |mut service, request| service.connect(request).await).await {
            Ok(answer) => Ok(Server::of(&answer.server_info.unwrap_or_default().build_tags)),
            Err(fault) if fault.is_unimplemented() => Ok(Server::of("")),
            Err(fault) if fault.code() == Code::Milvus(DATABASE_MISSING) => {
                Err(self.database_missing(database.unwrap_or("default")))
            }
            Err(fault) => Err(self.error(&fault, "take the connection")),
        }
    }

    /// Some servers only find out at the first call that names a collection, and say it in ways of their own.
    async fn check_database(&self, database: &str) -> Result<(), SinkError> {
        let request = proto::ListDatabasesRequest::default();
        match self.call(request, async |mut service, request| service.list_databases(request).await).await {
            Ok(answer) if answer.db_names.iter().any(|name| name == database) => Ok(()),
            Ok(_) => Err(self.database_missing(database)),
            // A user may be let into a database and not be let see the others.
            Err(fault) if !fault.is_connection() => Ok(()),
            Err(fault) => Err(self.error(&fault, "list its databases")),
        }
    }

    fn database_missing(&self, database: &str) -> SinkError {
        let address = &self.address;
        SinkError::Misconfigured(format!(
            "Milvus at {address} has no database `{database}`, or the token's user may not see it: create it, or set \
             another `database`"
        ))
    }
}

impl Metadata {
    fn of(options: &Options) -> Result<Self, SinkError> {
        let mistake =
            |key: &str| SinkError::Misconfigured(format!("`{key}` of Milvus has characters that it can't have"));
        // The SDK's own way to write the token: base64 of `user:password` or of the key.
        let token = options.token.as_ref().map(|token| ConnectConfig::new().token(token.as_str()));
        let authorization = token.and_then(|config| config.get_token().clone());
        Ok(Self {
            authorization: authorization.map(|a| a.parse()).transpose().map_err(|_| mistake("token"))?,
            database: options.database.as_ref().map(|d| d.parse()).transpose().map_err(|_| mistake("database"))?,
        })
    }
}

impl Interceptor for Metadata {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        if let Some(authorization) = &self.authorization {
            metadata.insert("authorization", authorization.clone());
        }
        if let Some(database) = &self.database {
            metadata.insert("dbname", database.clone());
        }
        Ok(request)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { uri, token, tls, database, timeout } = self;
        let token = token.as_ref().map(|_| "…");
        f.debug_struct("Options")
            .field("uri", uri)
            .field("token", &token)
            .field("tls", tls)
            .field("database", database)
            .field("timeout", timeout)
            .finish()
    }
}

fn endpoint(address: &Address, options: &Options) -> Result<Endpoint, SinkError> {
    let mistake = |error: tonic::transport::Error| SinkError::Misconfigured(format!("`uri` of Milvus: {error}"));
    let endpoint = Endpoint::from_shared(address.text.clone())
        .map_err(mistake)?
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE.max(options.timeout / 3))
        .keep_alive_timeout(KEEP_ALIVE)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW);
    if !address.tls {
        if options.tls.is_some() {
            let text = "`tls` of Milvus is for a connection by TLS: start `uri` with https://";
            return Err(SinkError::Misconfigured(text.into()));
        }
        return Ok(endpoint);
    }
    let usual = Tls::default();
    let config = options.tls.as_ref().unwrap_or(&usual).config(address)?;
    endpoint.tls_config(config).map_err(|error| {
        let cause = fault::innermost(&error);
        SinkError::Misconfigured(format!("`tls` of Milvus: its files or its name can't be used: {cause}"))
    })
}

/// Answers whose status stands in a field.
macro_rules! answers {
    ($($message:ident),* $(,)?) => {
        $(impl Answer for proto::$message {
            fn status(&self) -> Option<&MilvusStatus> {
                self.status.as_ref()
            }
        })*
    };
}

answers!(
    BoolResponse,
    ConnectResponse,
    DescribeCollectionResponse,
    DescribeIndexResponse,
    GetLoadStateResponse,
    GetLoadingProgressResponse,
    ListDatabasesResponse,
    MutationResult,
    QueryResults,
    SearchResults,
    ShowPartitionsResponse,
);

/// Other answers are nothing but the status.
impl Answer for MilvusStatus {
    fn status(&self) -> Option<&MilvusStatus> {
        Some(self)
    }
}
