//! A TCP proxy that cuts, slows down and holds connections.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a connection looks at what the proxy is to do.
const LOOK: Duration = Duration::from_millis(20);

/// What happens to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Pass,
    /// So many bytes a second, in each direction of each connection.
    Slow(u32),
    /// Connections are accepted and stay open, and nothing goes through: the other side is half open.
    Hold,
    /// Connections end as soon as they are made.
    Refuse,
    /// The proxy itself ends.
    End,
}

/// A proxy before one address. It ends, with its connections, when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    to: String,
    mode: Mutex<Mode>,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// `to` is `host:port`.
    pub(crate) fn before(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State { to: to.to_owned(), mode: Mutex::new(Mode::Pass), open: Mutex::default() });
        listener.set_nonblocking(true).expect("it can be set");
        let accepting = Arc::clone(&state);
        std::thread::spawn(move || {
            while accepting.mode() != Mode::End {
                match listener.accept() {
                    Ok((client, _)) => State::connect(&accepting, client),
                    Err(_) => std::thread::park_timeout(LOOK),
                }
            }
        });
        Self { address, state }
    }

    /// A proxy before a port that is free now, for a server that is to listen there; the server's address.
    pub(crate) fn before_free_port() -> (String, Self) {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        (free.to_string(), Self::before(&free.to_string()))
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Ends all connections and every new one.
    pub(crate) fn refuse(&self) {
        self.state.set(Mode::Refuse);
        self.state.cut();
    }

    /// Ends all connections; new ones are served.
    pub(crate) fn cut(&self) {
        self.state.cut();
    }

    /// Lets so many bytes a second through.
    pub(crate) fn slow(&self, bytes: u32) {
        self.state.set(Mode::Slow(bytes));
    }

    /// Accepts and keeps connections, and lets nothing through.
    pub(crate) fn hold(&self) {
        self.state.set(Mode::Hold);
    }

    /// Lets everything through; what was held goes on.
    pub(crate) fn heal(&self) {
        self.state.set(Mode::Pass);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.set(Mode::End);
        self.state.cut();
    }
}

impl State {
    fn connect(state: &Arc<Self>, client: TcpStream) {
        if state.mode() == Mode::Refuse {
            return;
        }
        // Where nobody listens the client sees its connection end.
        let Ok(server) = TcpStream::connect(&state.to) else { return };
        let pair = |stream: &TcpStream| stream.try_clone().expect("a second handle");
        state.open.lock().unwrap_or_else(PoisonError::into_inner).extend([pair(&client), pair(&server)]);
        for (from, to) in [(pair(&client), pair(&server)), (server, client)] {
            let state = Arc::clone(state);
            std::thread::spawn(move || state.pump(from, to));
        }
    }

    /// Carries bytes until either side ends.
    fn pump(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 << 10];
        from.set_nonblocking(false).and_then(|()| from.set_read_timeout(Some(LOOK))).expect("it can be set");
        to.set_nodelay(true).expect("it can be set");
        while self.mode() != Mode::End {
            let most = if let Mode::Slow(rate) = self.mode() { (rate / 20).max(1) as usize } else { buffer.len() };
            let most = most.min(buffer.len());
            match from.read(&mut buffer[..most]) {
                Ok(0) => break,
                Ok(count) => {
                    self.wait(count);
                    if to.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }

    /// Waits as long as bytes take.
    fn wait(&self, count: usize) {
        if let Mode::Slow(rate) = self.mode() {
            std::thread::sleep(Duration::from_secs_f64(count as f64 / f64::from(rate)));
        }
        while self.mode() == Mode::Hold {
            std::thread::sleep(LOOK);
        }
    }

    fn cut(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn mode(&self) -> Mode {
        *self.lock()
    }

    fn set(&self, mode: Mode) {
        *self.lock() = mode;
    }

    fn lock(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
