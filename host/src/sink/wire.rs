//! Sends messages whose bytes are ready.
//!
//! tonic would first make one buffer of a whole message. Here a message is copied chunk by chunk as the connection takes it,
//! and what it has of dense vectors is in memory once.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::buf::Chain;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use hyper::Method;
use hyper::body::{Body, Frame};
use hyper::header::{CONTENT_TYPE, HeaderValue, TE};
use hyper::http::{Request as HttpRequest, Uri, Version};
use milvus::proto::milvus::MutationResult;
use tonic::client::GrpcService;
use tonic::codec::{Codec, ProstCodec, Streaming};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::connect::Metadata;
use super::parts::Parts;

/// The connection as far as it knows nothing of Milvus' calls.
pub(super) type Wire = InterceptedService<Channel, Metadata>;

/// Bytes that are copied at once: four frames of HTTP/2.
const CHUNK: usize = 64 << 10;

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
    let path = match call {
        Call::Insert => "/milvus.proto.milvus.MilvusService/Insert",
        Call::Upsert => "/milvus.proto.milvus.MilvusService/Upsert",
    };
    let (metadata, _, parts) = message.into_parts();
    let mut request = HttpRequest::new(tonic::body::Body::new(Message::of(parts)));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(path);
    *request.version_mut() = Version::HTTP_2;
    *request.headers_mut() = metadata.into_headers();
    request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    // As the generated calls have it.
    let ready = std::future::poll_fn(|context| GrpcService::poll_ready(&mut wire, context)).await;
    ready.map_err(|error| Status::unknown(format!("the connection was not ready: {error}")))?;
    let response = GrpcService::call(&mut wire, request).await.map_err(|error| Status::from_error(error.into()))?;
    if let Some(status) = Status::from_header_map(response.headers()).filter(|status| status.code() != tonic::Code::Ok)
    {
        return Err(status);
    }
    if response.headers().get("grpc-encoding").is_some_and(|encoding| encoding != "identity") {
        return Err(Status::unimplemented("the answer is compressed, which nobody asked for"));
    }
    let (head, body) = response.into_parts();
    let decoder = ProstCodec::<MutationResult, MutationResult>::default().decoder();
    let mut answers = Streaming::new_response(decoder, body, head.status, None, None);
    let answer = answers.message().await?.ok_or_else(|| Status::internal("there is no message in the answer"))?;
    // The status of the call stands behind the message.
    answers.trailers().await?;
    Ok(Response::new(answer))
}

/// A message behind what gRPC puts in front of one.
struct Message(Chain<Bytes, Parts>);

impl Message {
    fn of(parts: Parts) -> Self {
        const PLAIN: u8 = 0;
        let mut head = BytesMut::with_capacity(5);
        head.put_u8(PLAIN);
        head.put_u32(u32::try_from(parts.bytes()).expect("a request is smaller than 4 GiB"));
        Self(head.freeze().chain(parts))
    }
}

impl Body for Message {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = self.0.remaining().min(CHUNK);
        Poll::Ready((bytes > 0).then(|| Ok(Frame::data(self.0.copy_to_bytes(bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        !self.0.has_remaining()
    }
}
