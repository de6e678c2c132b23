//! Requests whose bytes are ready, sent as fast as Milvus takes them: what the server itself can do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Buf, BufMut, Bytes};
use hyper::http::uri::PathAndQuery;
use milvus::proto::milvus::{InsertRequest, MutationResult, UpsertRequest};
use milvus::proto::schema::field_data::Field as Data;
use milvus::proto::schema::scalar_field::Data as Scalars;
use milvus::proto::schema::vector_field::Data as Vectors;
use milvus::proto::schema::{DataType, FieldData, FloatArray, LongArray, ScalarField, StringArray, VectorField};
use prost::Message;
use tokio::sync::mpsc;
use tonic::client::Grpc;
use tonic::codec::{Codec, EncodeBuf, Encoder, ProstCodec};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::rows::Rows;
use super::{Bench, Mode, Took};
use crate::process::Process;

/// As Kiteline's own connection has it.
const WINDOW: u32 = 4 << 20;

/// What is sent, and how.
pub(super) struct Sending<'a> {
    pub(super) collection: &'a str,
    pub(super) mode: Mode,
    /// Rows in a request.
    pub(super) rows: usize,
    /// Requests under way at a time.
    pub(super) in_flight: usize,
}

/// Encodes all requests, then sends them.
pub(super) fn send(bench: &Bench<'_>, sending: &Sending<'_>) -> Result<Took, String> {
    let (rows, count) = (&bench.rows, bench.rows.ids.len());
    let starts = (0..count).step_by(sending.rows);
    let requests: Arc<[Bytes]> =
        starts.map(|from| request(sending, rows, from..(from + sending.rows).min(count))).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let path = PathAndQuery::from_static(match sending.mode {
        Mode::Insert => "/milvus.proto.milvus.MilvusService/Insert",
        Mode::Upsert => "/milvus.proto.milvus.MilvusService/Upsert",
    });
    bench.runtime.block_on(async {
        let endpoint = Endpoint::from_shared(bench.uri.clone()).map_err(|error| error.to_string())?;
        let endpoint = endpoint.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
        let channel = endpoint.tcp_nodelay(true).connect().await.map_err(|error| format!("{}: {error}", bench.uri))?;
        let mut window = bench.account.window(Process::own(), count as u64);
        let (acknowledged, mut answers) = mpsc::unbounded_channel();
        let sender =
            || sender(channel.clone(), path.clone(), Arc::clone(&requests), Arc::clone(&next), acknowledged.clone());
        let senders: Vec<_> = (0..sending.in_flight).map(|_| tokio::spawn(sender())).collect();
        drop(acknowledged);
        let mut done = 0;
        while answers.recv().await.is_some() {
            done += sending.rows;
            window.saw(done as f64);
        }
        for sender in senders {
            sender.await.map_err(|error| error.to_string())??;
        }
        window.took(count as f64 / requests.len() as f64)
    })
}

/// Takes the next request as soon as the last one is acknowledged.
async fn sender(
    channel: Channel,
    path: PathAndQuery,
    requests: Arc<[Bytes]>,
    next: Arc<AtomicUsize>,
    acknowledged: mpsc::UnboundedSender<()>,
) -> Result<(), String> {
    let mut grpc = Grpc::new(channel);
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        grpc.ready().await.map_err(|error| error.to_string())?;
        let answer = grpc.unary(Request::new(request.clone()), path.clone(), Ready).await;
        let answer: MutationResult = answer.map_err(|status| status.to_string())?.into_inner();
        match answer.status {
            Some(status) if status.code != 0 || !status.reason.is_empty() => return Err(status.reason),
            _ => {}
        }
        let _ = acknowledged.send(());
    }
    Ok(())
}

fn request(sending: &Sending<'_>, rows: &Rows, range: std::ops::Range<usize>) -> Bytes {
    let scalars = |data| Data::Scalars(ScalarField { data: Some(data), ..ScalarField::default() });
    let texts = |texts: &[String]| scalars(Scalars::StringData(StringArray { data: texts.to_vec() }));
    let numbers = FloatArray { data: rows.vectors[range.start * rows.dim..range.end * rows.dim].to_vec() };
    let vectors =
        VectorField { dim: rows.dim as i64, data: Some(Vectors::FloatVector(numbers)), ..VectorField::default() };
    let fields = [
        ("id", DataType::Int64, scalars(Scalars::LongData(LongArray { data: rows.ids[range.clone()].to_vec() }))),
        ("title", DataType::VarChar, texts(&rows.titles[range.clone()])),
        ("tenant", DataType::VarChar, texts(&rows.tenants[range.clone()])),
        ("embedding", DataType::FloatVector, Data::Vectors(vectors)),
    ];
    let fields_data = fields.map(|(name, ty, data)| FieldData {
        r#type: ty.into(),
        field_name: name.into(),
        field: Some(data),
        ..FieldData::default()
    });
    let (collection_name, num_rows) = (sending.collection.to_owned(), range.len() as u32);
    let fields_data = fields_data.into();
    let message = match sending.mode {
        Mode::Insert => {
            InsertRequest { collection_name, num_rows, fields_data, ..InsertRequest::default() }.encode_to_vec()
        }
        Mode::Upsert => {
            UpsertRequest { collection_name, num_rows, fields_data, ..UpsertRequest::default() }.encode_to_vec()
        }
    };
    message.into()
}

/// Sends bytes as they are; the answer is read as ever.
struct Ready;

type Usual = ProstCodec<MutationResult, MutationResult>;

impl Codec for Ready {
    type Encode = Bytes;
    type Decode = MutationResult;
    type Encoder = Self;
    type Decoder = <Usual as Codec>::Decoder;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self::Decoder {
        Usual::default().decoder()
    }
}

impl Encoder for Ready {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.reserve(bytes.remaining());
        to.put(bytes);
        Ok(())
    }
}
