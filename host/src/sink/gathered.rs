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
        if self.due
            && let Poll::Ready(Err(error)) = self.poll_empty(context)
        {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut self.wire).poll_read(context, to)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// What each call wrote.
    #[derive(Default)]
    struct Wire {
        calls: Vec<Vec<u8>>,
        flushes: usize,
        /// Bytes that it takes before it can take no more for now.
        room: Option<usize>,
    }

    impl Write for Wire {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
            let taken = self.room.map_or(bytes.len(), |room| room.min(bytes.len()));
            if taken == 0 {
                return Poll::Pending;
            }
            self.room = self.room.map(|room| room - taken);
            self.calls.push(bytes[..taken].to_vec());
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            self.flushes += 1;
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    impl Read for Wire {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: ReadBufCursor<'_>) -> Poll<Result<()>> {
            Poll::Pending
        }
    }

    fn context() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }

    fn write(gathered: &mut Gathered<Wire>, bytes: &[u8]) -> Poll<usize> {
        Pin::new(gathered).poll_write(&mut context(), bytes).map(|written| written.expect("no error"))
    }

    fn flush(gathered: &mut Gathered<Wire>) -> Poll<()> {
        Pin::new(gathered).poll_flush(&mut context()).map(|flushed| flushed.expect("no error"))
    }

    fn read(gathered: &mut Gathered<Wire>) {
        let mut buffer = hyper::rt::ReadBuf::new(&mut []);
        assert!(Pin::new(gathered).poll_read(&mut context(), buffer.unfilled()).is_pending());
    }

    #[test]
    fn frames_that_are_flushed_one_by_one_are_written_by_one_call() {
        let mut gathered = Gathered::new(Wire::default());
        for frame in [b"one", b"two"] {
            assert_eq!(write(&mut gathered, frame), Poll::Ready(3));
            assert_eq!(flush(&mut gathered), Poll::Ready(()));
        }
        assert!(gathered.wire.calls.is_empty());
        assert_eq!(flush(&mut gathered), Poll::Ready(()));
        assert_eq!((gathered.wire.calls, gathered.wire.flushes), (vec![b"onetwo".to_vec()], 1));
    }

    #[test]
    fn who_flushes_once_and_waits_for_the_answer_gets_one() {
        let mut gathered = Gathered::new(Wire::default());
        assert_eq!(write(&mut gathered, b"hello"), Poll::Ready(5));
        read(&mut gathered);
        assert!(gathered.wire.calls.is_empty(), "it was not flushed");
        assert_eq!(flush(&mut gathered), Poll::Ready(()));
        read(&mut gathered);
        assert_eq!(gathered.wire.calls, [b"hello"]);
    }

    #[test]
    fn who_neither_flushes_again_nor_reads_is_woken() {
        let (mut gathered, count) = (Gathered::new(Wire::default()), std::sync::Arc::new(Count::default()));
        assert_eq!(write(&mut gathered, b"hello"), Poll::Ready(5));
        let waker = Waker::from(std::sync::Arc::clone(&count));
        assert!(Pin::new(&mut gathered).poll_flush(&mut Context::from_waker(&waker)).is_ready());
        assert_eq!(count.0.load(std::sync::atomic::Ordering::Relaxed), 1);
    }

    #[derive(Default)]
    struct Count(std::sync::atomic::AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[test]
    fn what_is_enough_is_written_without_a_flush_and_no_byte_is_lost_or_doubled() {
        let message: Vec<u8> = (0..3 * ENOUGH + 7).map(|at| (at % 251) as u8).collect();
        let mut gathered = Gathered::new(Wire { room: Some(ENOUGH + 11), ..Wire::default() });
        let mut rest = &message[..];
        while !rest.is_empty() {
            match write(&mut gathered, rest) {
                Poll::Ready(written) => rest = &rest[written..],
                Poll::Pending => gathered.wire.room = Some(ENOUGH / 2),
            }
        }
        assert!(gathered.wire.calls.len() > 3);
        gathered.wire.room = None;
        assert!(flush(&mut gathered).is_ready() && flush(&mut gathered).is_ready());
        assert_eq!(gathered.wire.calls.concat(), message);
    }

    #[test]
    fn slices_are_kept_in_their_order_as_far_as_there_is_room() {
        let mut gathered = Gathered::new(Wire::default());
        let (first, second) = (vec![1; ENOUGH - 2], [2, 3, 4]);
        let slices = [IoSlice::new(&first), IoSlice::new(&second)];
        assert!(matches!(
            Pin::new(&mut gathered).poll_write_vectored(&mut context(), &slices),
            Poll::Ready(Ok(ENOUGH))
        ));
        assert_eq!(gathered.kept[ENOUGH - 2..], [2, 3]);
    }
}
