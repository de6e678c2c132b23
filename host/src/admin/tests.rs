use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use tokio::runtime::Runtime;

use super::*;
use crate::metrics::Phase;

struct Running {
    server: Server,
    metrics: Arc<Metrics>,
    _runtime: Runtime,
}

fn start(patience: Duration) -> Running {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let metrics = Metrics::new("p", "g");
    let facts = Facts { pipeline: "packages".into(), metrics: Arc::clone(&metrics), reload: Reload::never(), patience };
    let server = Server::start("127.0.0.1:0", facts, runtime.handle()).expect("a port is free");
    Running { server, metrics, _runtime: runtime }
}

/// Sends bytes and gives back all that comes until the connection is closed.
fn send(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    stream.write_all(bytes.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

fn ask(running: &Running, method: &str, path: &str) -> (u16, String) {
    let answer = send(running.server.address(), &format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer)
}

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn metrics_come_in_prometheus_text_format() {
    let running = start(PATIENCE);
    let (status, answer) = ask(&running, "GET", "/metrics");
    assert_eq!(status, 200);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.to_lowercase().contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    assert!(body.starts_with("# HELP kiteline_"), "{body}");
    assert!(body.contains("\n# TYPE kiteline_build_info gauge\nkiteline_build_info{version=\""), "{body}");
    let (status, answer) = ask(&running, "HEAD", "/metrics");
    assert!(status == 200 && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn it_is_ready_from_the_first_assignment_to_the_end() {
    let running = start(PATIENCE);
    let asked = || ask(&running, "GET", "/readyz");
    let (status, answer) = asked();
    assert!(status == 503 && answer.ends_with("starting: the servers are looked at\n"), "{answer}");
    running.metrics.status().enter(Phase::Joining);
    let (status, answer) = asked();
    assert!(status == 503 && answer.ends_with("joining: no partitions were assigned yet\n"), "{answer}");
    // Another member has them all; this one stands by.
    running.metrics.assigned(std::iter::empty());
    assert_eq!(asked().0, 200);
    running.metrics.revoked(&[]);
    assert_eq!(asked().0, 200);
    running.metrics.status().enter(Phase::Ending);
    let (status, answer) = asked();
    assert!(status == 503 && answer.ends_with("ending: what was read is written and committed\n"), "{answer}");
}

#[test]
fn it_is_healthy_while_its_threads_come_round() {
    let running = start(PATIENCE);
    let lane = running.metrics.lane(7);
    assert_eq!(ask(&running, "GET", "/healthz").0, 200);
    drop(lane);

    let running = start(Duration::ZERO);
    let lane = running.metrics.lane(7);
    let stuck = || ask(&running, "GET", "/healthz");
    let (status, answer) = loop {
        let answer = stuck();
        if answer.0 != 200 {
            break answer;
        }
    };
    assert!(status == 503 && answer.ends_with("\r\n\r\nlane 7 has not come round for 0 s\n"), "{answer}");
    drop(lane);
    assert_eq!(stuck().0, 200, "a lane that ended is not waited for");
}

#[test]
fn other_paths_and_methods_are_told_what_there_is() {
    let running = start(PATIENCE);
    let (status, answer) = ask(&running, "GET", "/");
    assert!(status == 200 && answer.contains("pipeline packages") && answer.contains("/readyz"), "{answer}");
    let (status, answer) = ask(&running, "GET", "/metrics/");
    assert!(status == 404 && answer.contains("\n/metrics  "), "{answer}");
    for method in ["POST", "DELETE", "OPTIONS"] {
        let (status, answer) = ask(&running, method, "/metrics");
        assert!(status == 405 && answer.to_lowercase().contains("\r\nallow: get, head\r\n"), "{answer}");
    }
}

#[test]
fn open_sockets_do_not_hang_it() {
    let running = start(PATIENCE);
    let address = running.server.address();
    // More than it serves at a time: some say nothing, some stop in the middle of a head.
    let mut idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(address).expect("it listens")).collect();
    for stream in idle.iter_mut().step_by(2) {
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost:").expect("sent");
    }
    assert_eq!(ask(&running, "GET", "/metrics").0, 200);
}

#[test]
fn a_head_without_end_is_refused() {
    let running = start(PATIENCE);
    let mut stream = TcpStream::connect(running.server.address()).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").expect("sent");
    let mut sent = 0;
    // At some point it closes the connection, long before it has taken all of this.
    while sent < 64 << 20 && stream.write_all(&[b'x'; 4096]).is_ok() {
        sent += 4096;
    }
    assert!(sent < 64 << 20, "{sent} bytes were taken");
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let listen = taken.local_addr().expect("bound").to_string();
    let runtime = Runtime::new().expect("a runtime");
    let facts =
        Facts { pipeline: "p".into(), metrics: Metrics::new("p", "g"), reload: Reload::never(), patience: PATIENCE };
    let error = Server::start(&listen, facts, runtime.handle()).expect_err("the port is taken").to_string();
    assert!(error.starts_with(&format!("admin: nothing can listen at {listen}: ")), "{error}");
    assert!(error.contains("set `admin.listen`"), "{error}");
}

#[test]
fn a_reload_is_asked_for_by_post_only() {
    let running = start(PATIENCE);
    assert_eq!(ask(&running, "GET", "/reload").0, 405);
    let (status, answer) = ask(&running, "POST", "/reload");
    assert!(status == 202 && answer.ends_with("{\"reloads_asked\": 1}\n"), "{answer}");
    let (status, answer) = ask(&running, "GET", "/plugins");
    assert!(status == 200 && answer.to_lowercase().contains("content-type: application/json"), "{answer}");
    assert!(answer.contains("\"plugins\": []") && answer.contains("\"reloads_asked\": 1,"), "{answer}");
}
