//! Sends messages whose bytes are ready.

use bytes::BufMut;
use hyper::http::uri::PathAndQuery;
use milvus::proto::milvus::MutationResult;
use tonic::client::Grpc;
use tonic::codec::{Codec, EncodeBuf, Encoder, ProstCodec};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::connect::Metadata;
use super::parts::Parts;

/// The connection as far as it knows nothing of Milvus' calls.
pub(super) type Wire = Grpc<InterceptedService<Channel, Metadata>>;

/// A call that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Insert,
    Upsert,
}

/// Sends a message of such a call.
pub(super) async fn send(
    mut wire: Wire,
    call: Call,
    message: Request<Parts>,
) -> Result<Response<MutationResult>, Status> {
    let path = PathAndQuery::from_static(match call {
        Call::Insert => "/milvus.proto.milvus.MilvusService/Insert",
        Call::Upsert => "/milvus.proto.milvus.MilvusService/Upsert",
    });
    // As the generated calls have it.
    wire.ready().await.map_err(|error| Status::unknown(format!("the connection was not ready: {error}")))?;
    wire.unary(message, path, Ready).await
}

/// Copies the parts behind each other; the answer is read as ever.
struct Ready;

type Usual = ProstCodec<MutationResult, MutationResult>;

impl Codec for Ready {
    type Encode = Parts;
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
    type Item = Parts;
    type Error = Status;

    fn encode(&mut self, parts: Parts, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.reserve(parts.bytes());
        parts.iter().for_each(|part| to.put_slice(part));
        Ok(())
    }
}
