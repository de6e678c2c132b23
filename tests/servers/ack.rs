//! A Milvus inside this process that acknowledges every write at once and keeps nothing but keys: for benchmarks of the
//! line before it, and for tests of answers that no real server gives when it is asked to. It speaks the real protocol
//! on the loopback, in a thread of its own that is named `ack`.
//!
//! Collections are made by the client's own calls. Of a write request only the number of rows is read where there is
//! no rule, so that the sink takes as little as it can of a processor that it shares with what is measured. The calls are told apart by
//! their path: the server that is generated from the protocol takes a minute to compile for its hundred calls.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use milvus::proto::common::Status;
use milvus::proto::milvus as proto;
use milvus::proto::schema::field_data::Field;
use milvus::proto::schema::scalar_field::Data;
use milvus::proto::schema::{CollectionSchema, FieldData, ScalarField};
use prost::Message;
use tonic::body::Body;
use tonic::codec::ProstCodec;
use tonic::codegen::{Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response};

/// What Milvus takes in one request.
const REQUEST_MAX: usize = 64 << 20;
/// What a client may send before it must wait: more than a write request, so that it never waits.
const WINDOW: u32 = 64 << 20;
/// Milvus' code for a collection that does not exist.
const COLLECTION_MISSING: i32 = 100;
/// Milvus' code for a request that it can't read.
const ILLEGAL: i32 = 1100;

/// A Milvus that acknowledges at once. It lives as long as the process.
#[derive(Debug)]
pub(crate) struct Ack {
    address: SocketAddr,
    rows: Arc<AtomicU64>,
}

/// Looks at the fields of a write request, and gives an answer other than an acknowledgement.
pub(crate) type Rule = Box<dyn Fn(&[FieldData]) -> Option<Status> + Send + Sync>;

/// The texts of the field `id` in a write request.
pub(crate) fn ids(fields: &[FieldData]) -> &[String] {
    let id = fields.iter().find(|field| field.field_name == "id");
    match id.and_then(|id| id.field.as_ref()) {
        Some(Field::Scalars(ScalarField { data: Some(Data::StringData(texts)), .. })) => &texts.data,
        _ => &[],
    }
}

impl Ack {
    /// Starts it on a free port of the loopback.
    pub(crate) fn start(rule: Option<Rule>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let incoming = {
            let _inside = runtime.enter();
            TcpIncoming::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("the loopback has a free port")
        };
        let address = incoming.local_addr().expect("it is bound");
        let milvus = Milvus { rule: rule.map(Arc::new), ..Milvus::default() };
        let rows = Arc::clone(&milvus.rows);
        let serve = move || {
            let server = Server::builder()
                .initial_stream_window_size(WINDOW)
                .initial_connection_window_size(WINDOW)
                .add_service(milvus)
                .serve_with_incoming(incoming.with_nodelay(Some(true)));
            runtime.block_on(server).expect("it serves until the process ends");
        };
        std::thread::Builder::new().name("ack".into()).spawn(serve).expect("a thread can be started");
        Self { address, rows }
    }

    /// Where it listens, as `milvus.uri` has it.
    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Rows that were acknowledged so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }
}

/// The collections that were created, and how many rows were acknowledged.
#[derive(Clone, Default)]
struct Milvus {
    collections: Arc<Mutex<HashMap<String, Collection>>>,
    rows: Arc<AtomicU64>,
    rule: Option<Arc<Rule>>,
}

#[derive(Debug, Default)]
struct Collection {
    schema: CollectionSchema,
    partitions: Vec<String>,
}

/// An insert or upsert request as far as it is read; both have the number of rows in the same place.
#[derive(Clone, PartialEq, Message)]
struct Write {
    #[prost(uint32, tag = "7")]
    num_rows: u32,
}

/// The same, with the rows.
#[derive(Clone, PartialEq, Message)]
struct WholeWrite {
    #[prost(message, repeated, tag = "5")]
    fields_data: Vec<FieldData>,
    #[prost(uint32, tag = "7")]
    num_rows: u32,
}

impl Milvus {
    fn judge(&self, write: &WholeWrite) -> proto::MutationResult {
        match self.rule.as_ref().and_then(|rule| rule(&write.fields_data)) {
            Some(status) => proto::MutationResult { status: Some(status), ..Default::default() },
            None => self.acknowledge(&Write { num_rows: write.num_rows }),
        }
    }

    fn acknowledge(&self, Write { num_rows }: &Write) -> proto::MutationResult {
        self.rows.fetch_add(u64::from(*num_rows), Ordering::Relaxed);
        let count = i64::from(*num_rows);
        let status = Some(Status::default());
        proto::MutationResult { status, insert_cnt: count, upsert_cnt: count, ..Default::default() }
    }

    fn create_collection(&self, request: &proto::CreateCollectionRequest) -> Status {
        let Ok(schema) = CollectionSchema::decode(&*request.schema) else {
            return Status { code: ILLEGAL, reason: "no schema".into(), ..Default::default() };
        };
        let collection = Collection { schema, partitions: vec!["_default".into()] };
        self.lock().insert(request.collection_name.clone(), collection);
        Status::default()
    }

    fn describe_collection(&self, request: &proto::DescribeCollectionRequest) -> proto::DescribeCollectionResponse {
        let (schema, status) = self.with(&request.collection_name, |collection| collection.schema.clone());
        proto::DescribeCollectionResponse { status: Some(status), schema: Some(schema), ..Default::default() }
    }

    fn create_partition(&self, request: &proto::CreatePartitionRequest) -> Status {
        let name = request.partition_name.clone();
        self.with(&request.collection_name, |collection| collection.partitions.push(name)).1
    }

    fn show_partitions(&self, request: &proto::ShowPartitionsRequest) -> proto::ShowPartitionsResponse {
        let (partition_names, status) = self.with(&request.collection_name, |collection| collection.partitions.clone());
        proto::ShowPartitionsResponse { status: Some(status), partition_names, ..Default::default() }
    }

    /// Something of a collection, or a status that says that there is none of that name.
    fn with<T: Default>(&self, name: &str, of: impl FnOnce(&mut Collection) -> T) -> (T, Status) {
        match self.lock().get_mut(name) {
            Some(collection) => (of(collection), Status::default()),
            None => {
                let reason = "collection not found".into();
                (T::default(), Status { code: COLLECTION_MISSING, reason, ..Default::default() })
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Collection>> {
        self.collections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NamedService for Milvus {
    const NAME: &'static str = "milvus.proto.milvus.MilvusService";
}

impl Service<http::Request<Body>> for Milvus {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        let this = self.clone();
        match request.uri().path().rsplit('/').next() {
            Some("Insert" | "Upsert") if self.rule.is_some() => {
                answer(request, move |write: &WholeWrite| this.judge(write))
            }
            Some("Insert" | "Upsert") => answer(request, move |write: &Write| this.acknowledge(write)),
            // How many rows there were is not told reliably by a real one either.
            Some("Delete") => answer(request, |_: &proto::DeleteRequest| proto::MutationResult {
                status: Some(Status::default()),
                ..Default::default()
            }),
            Some("Connect") => answer(request, |_: &proto::ConnectRequest| proto::ConnectResponse {
                status: Some(Status::default()),
                ..Default::default()
            }),
            Some("CreateCollection") => answer(request, move |request: &_| this.create_collection(request)),
            Some("DescribeCollection") => answer(request, move |request: &_| this.describe_collection(request)),
            Some("CreatePartition") => answer(request, move |request: &_| this.create_partition(request)),
            Some("ShowPartitions") => answer(request, move |request: &_| this.show_partitions(request)),
            // A client that asks for more learns that this is no whole Milvus.
            _ => Box::pin(async {
                Ok(tonic::Status::unimplemented("the sink that acknowledges has no such call").into_http())
            }),
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

/// One call: reads the request and sends what is made of it.
fn answer<Q, R, F>(request: http::Request<Body>, make: F) -> Answer
where
    Q: Message + Default + 'static,
    R: Message + 'static,
    F: Fn(&Q) -> R + Send + 'static,
{
    Box::pin(async move {
        let mut grpc = Grpc::new(ProstCodec::<R, Q>::default()).max_decoding_message_size(REQUEST_MAX);
        Ok(grpc.unary(Call(make), request).await)
    })
}

struct Call<F>(F);

impl<Q, R, F: Fn(&Q) -> R> UnaryService<Q> for Call<F> {
    type Response = R;
    type Future = Ready<Result<Response<R>, tonic::Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        ready(Ok(Response::new((self.0)(request.get_ref()))))
    }
}
