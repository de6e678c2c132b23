//! What a guest prints: the last bytes are kept, the rest is dropped, and no write ever fails.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::limits::fixed;

/// Standard output and error of a guest.
#[derive(Debug, Clone, Default)]
pub(super) struct Output(Arc<Mutex<VecDeque<u8>>>);

impl Output {
    /// Takes what was printed since the last call.
    pub(super) fn take(&self) -> String {
        let bytes: Vec<u8> = self.bytes().drain(..).collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.bytes();
        kept.extend(&bytes[bytes.len().saturating_sub(fixed::OUTPUT)..]);
        let excess = kept.len().saturating_sub(fixed::OUTPUT);
        kept.drain(..excess);
    }

    fn bytes(&self) -> std::sync::MutexGuard<'_, VecDeque<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(fixed::OUTPUT)
    }
}

impl Pollable for Output {
    // What `async_trait` makes of `async fn ready(&mut self) {}`.
    fn ready<'a, 'b>(&'a mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(std::future::ready(()))
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.keep(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_are_kept() {
        let output = Output::default();
        output.keep(&vec![b'a'; fixed::OUTPUT]);
        output.keep(b"the end");
        let kept = output.take();
        assert_eq!(kept.len(), fixed::OUTPUT);
        assert!(kept.ends_with("athe end"));
        assert_eq!(output.take(), "");
    }
}
