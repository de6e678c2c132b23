//! Small writes, gathered into large ones.
//!
//! HTTP/2 sends a message in frames of 16 KiB, as Milvus takes no larger ones, and flushes each: twenty calls of the
//! system for one request, of which each may wake the server.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};

/// As much is written at once.
const ENOUGH: usize = 128 << 10;

/// Keeps what is written until it is enough, or until after a flush nothing more comes: the next thing is another flush,
/// or that an answer is read.
pub(super) struct Gathered<W> {
    wire: W,
    kept: Vec<u8>,
    /// How much of it is on the wire.
    written: usize,
    /// Something was kept after the last flush.
    more: bool,
    /// What is kept was flushed.
    due: bool,
}

impl<W: Write + Unpin> Gathered<W> {
    pub(super) fn new(wire: W) -> Self {
        Self { wire, kept: Vec::new(), written: 0, more: false, due: false }
    }

    /// Keeps as much of it as there is room for.
    fn keep(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(ENOUGH - self.kept.len());
        self.kept.extend_from_slice(&bytes[..taken]);
        self.more = true;
        taken
    }

    fn has_enough(&self) -> bool {
        self.kept.len() == ENOUGH
    }

    /// Writes all that is kept.
    fn poll_empty(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        while self.written < self.kept.len() {
            let written = ready!(Pin::new(&mut self.wire).poll_write(context, &self.kept[self.written..]))?;
            if written == 0 {
                return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
        }
        self.kept.clear();
        (self.written, self.due) = (0, false);
        Poll::Ready(Ok(()))
    }
}

impl<W: Write + Unpin> Write for Gathered<W> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        if self.has_enough() {
            ready!(self.poll_empty(context))?;
        }
        Poll::Ready(Ok(self.keep(bytes)))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        if self.has_enough() {
            ready!(self.poll_empty(context))?;
        }
        Poll::Ready(Ok(slices.iter().map(|slice| self.keep(slice)).sum()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        if std::mem::take(&mut self.more) && !self.has_enough() {
            self.due = true;
            // Whoever neither flushes nor reads now does when he is called again.
            context.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_empty(context))?;
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_empty(context))?;
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}

impl<W: Read + Write + Unpin> Read for Gathered<W> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: ReadBufCursor<'_>) -> Poll<Result<()>> {
        // Where the wire takes no more for now, reading goes on: the other side may wait for that.
        if self.due && let Poll::Ready(Err(error)) = self.poll_empty(context) {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut self.wire).poll_read(context, to)
    }
}
