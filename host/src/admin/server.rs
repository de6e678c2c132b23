//! The listener and its connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::{Facts, routes};

/// Connections at a time; further ones wait in the system's queue. A few scrapers and probes need one each.
const CONNECTIONS: usize = 32;
/// Longest time for the head of a request.
const HEAD: Duration = Duration::from_secs(2);
/// Longest time for a connection, so the 33rd waits no longer, whatever the others do.
const CONNECTION: Duration = Duration::from_secs(10);
/// Most bytes of a request's head; no question needs more.
const BUFFER: usize = 16 << 10;
/// Pause after the system could not accept a connection, as when it is out of file descriptors.
const ACCEPT: Duration = Duration::from_millis(100);

/// Answers questions until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// Nothing can listen at an address.
#[derive(Debug, thiserror::Error)]
#[error(
    "admin: nothing can listen at {listen}: {error}; set `admin.listen` to a free address and port of this machine, or take the table [admin] away"
)]
pub struct ListenError {
    listen: String,
    error: std::io::Error,
}

impl Server {
    /// Listens, and answers in tasks of the runtime.
    pub fn start(listen: &str, facts: Facts, runtime: &Handle) -> Result<Self, ListenError> {
        let failed = |error| ListenError { listen: listen.to_owned(), error };
        let listener = runtime.block_on(TcpListener::bind(listen)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { address, task: runtime.spawn(accept(listener, Arc::new(facts))) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, facts: Arc<Facts>) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let permit = Arc::clone(&free).acquire_owned().await.expect("nobody closes it");
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "admin: accept");
                tokio::time::sleep(ACCEPT).await;
                continue;
            }
        };
        let facts = Arc::clone(&facts);
        tokio::spawn(async move {
            // What goes wrong is the other side's: it sees that the connection is closed.
            let _ = tokio::time::timeout(CONNECTION, serve(stream, &facts)).await;
            drop(permit);
        });
    }
}

async fn serve(stream: TcpStream, facts: &Facts) -> hyper::Result<()> {
    let answer = service_fn(async |request: Request<Incoming>| Ok::<_, Infallible>(answer(&request, facts)));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer)
        .await
}

fn answer(request: &Request<Incoming>, facts: &Facts) -> Response<Full<Bytes>> {
    let answer = routes::answer(request.method(), request.uri().path(), facts);
    let mut response = Response::builder().status(answer.status).header(CONTENT_TYPE, answer.content_type);
    if let Some(allow) = answer.allow {
        response = response.header(ALLOW, allow);
    }
    response.body(Full::new(answer.body.into())).expect("status and headers are of characters that they may have")
}
