//! The wire to Milvus, cut where the process stood still: what was half sent is never completed.

use std::io::{Error, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use tonic::transport::{Channel, Endpoint};
use tower::{ServiceExt, service_fn};

use super::gathered::Gathered;
use crate::standstill::Standstill;

/// A channel whose connections end with a standstill.
pub(super) fn channel(endpoint: &Endpoint, standstill: Arc<Standstill>) -> Channel {
    let mut tcp = HttpConnector::new();
    // TLS goes over it as well.
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    endpoint.connect_with_connector_lazy(service_fn(move |uri| {
        // Before it connects: a standstill on the way to a connection ends it as well.
        let (standstill, made) = (Arc::clone(&standstill), Instant::now());
        let connecting = tcp.clone().oneshot(uri);
        async move { connecting.await.map(|wire| Gathered::new(Guarded { wire, standstill, made })) }
    }))
}

/// Takes nothing more once the process stood still after it was made, nor for a moment after any standstill.
struct Guarded<W> {
    wire: W,
    standstill: Arc<Standstill>,
    made: Instant,
}

impl<W> Guarded<W> {
    fn check(&self) -> Result<()> {
        let now = Instant::now();
        // A call that waited for its turn would go over the next connection.
        if self.standstill.was_since(self.made, now) || self.standstill.held_until(now).is_some() {
            return Err(Error::other("this process stood still; what it was sending may be overtaken"));
        }
        Ok(())
    }
}

impl<W: Read + Unpin> Read for Guarded<W> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: ReadBufCursor<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.wire).poll_read(context, to)
    }
}

impl<W: Write + Unpin> Write for Guarded<W> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.check()?;
        Pin::new(&mut self.wire).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.check()?;
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.check()?;
        Pin::new(&mut self.wire).poll_write_vectored(context, bytes)
    }
}
