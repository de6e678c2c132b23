//! Connections that are not there, or not any more.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::*;

#[test]
fn an_address_where_nothing_is_says_so_and_what_to_look_at() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let options = Options {
        uri: format!("http://127.0.0.1:{port}"),
        token: None,
        tls: None,
        database: None,
        timeout: Duration::from_secs(5),
    };
    let error = runtime.block_on(Client::connect(&options)).expect_err("nothing is there");
    assert!(matches!(error, SinkError::Unreachable { .. }), "{error:?}");
    let text = error.to_string().replace(&port.to_string(), "PORT");
    assert_eq!(
        text,
        "Milvus at http://127.0.0.1:PORT can't be reached: Connection refused (os error 111). Does it run, and is \
         `uri` its gRPC address, with https:// where it has TLS?"
    );
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("http://{}", listener.local_addr().expect("an address"));
    let options = Options { uri, token: None, tls: None, database: None, timeout: Duration::from_millis(300) };
    let error = runtime.block_on(Client::connect(&options)).expect_err("it does not answer");
    assert!(matches!(error, SinkError::Unreachable { .. }), "{error:?}");
}

/// Stands between Kiteline and a server, and can cut or hold up what passes.
struct Proxy {
    uri: String,
    connections: Arc<Mutex<JoinSet<()>>>,
}

impl Proxy {
    async fn before(server: &str) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let uri = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let accepted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect(&server).await.expect("the server is there");
                accepted.lock().expect("no panic").spawn(async move {
                    // A connection may end in any way here.
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { uri, connections }
    }

    /// Ends all connections, and says how many there were.
    async fn cut(&self) -> usize {
        let mut connections = std::mem::take(&mut *self.connections.lock().expect("no panic"));
        let count = connections.len();
        connections.shutdown().await;
        count
    }
}

pub(super) async fn a_connection_that_is_cut_is_made_anew(server: Server) {
    let proxy = Proxy::before(&server.uri()).await;
    let options = Options { uri: proxy.uri.clone(), ..server.options() };
    let client = Client::connect(&options).await.expect("connects");
    let schema = Schema::new(collection("cut", [key("id"), field("vector", float_vector(4))]));
    let described = make(&client, "cut", schema).await;
    for round in 0..3 {
        assert!(proxy.cut().await > 0, "round {round} has a connection");
        let rows = batch([("id", ids([round])), ("vector", vectors(1))]);
        // Calls may still meet the end of the old connection; that says to send them again.
        let deadline = Instant::now() + Duration::from_secs(30);
        while let Err(error) = write(&client, &described, &rows, None).await {
            assert_eq!(error.class, Class::Retry, "{error}");
            assert!(Instant::now() < deadline, "there is no new connection: {error}");
        }
    }
    load(&client, "cut").await;
    assert_eq!(client.count("cut", "").await.expect("counts"), 3);
}
