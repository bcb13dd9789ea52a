//! A server that takes down what it receives, header lines as they are on the wire.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// One request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Names as they were written, values without the whitespace around them.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Received {
    /// The value of a header that must not be there more than once.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        let lines: Vec<_> = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .collect();
        assert!(lines.len() <= 1, "{name} is sent once: {lines:?}");
        lines.first().map(|(_, value)| value.as_str())
    }
}

type ByPath = HashMap<String, Vec<Received>>;

/// Listens until the process of the test ends.
#[derive(Clone)]
pub(crate) struct Loopback {
    address: SocketAddr,
    received: Arc<Mutex<ByPath>>,
}

impl Loopback {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let loopback = Self {
            address: listener.local_addr().expect("an address"),
            received: Arc::default(),
        };
        let received = Arc::clone(&loopback.received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let (path, request) = read(&mut stream);
                let mut received = received.lock().expect("no test panicked in here");
                received.entry(path).or_default().push(request);
                drop(received);
                answer(stream);
            }
        });
        loopback
    }

    /// The URL for a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has arrived at a path.
    pub(crate) fn take(&self, path: &str) -> Vec<Received> {
        let mut received = self.received.lock().expect("no test panicked in here");
        received.remove(path).unwrap_or_default()
    }
}

/// Reads one request and returns its path and what was in it.
pub(crate) fn read(stream: &mut TcpStream) -> (String, Received) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).expect("more of a request");
        assert_ne!(read, 0, "the request ends in the middle");
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(request) = parse(&bytes) {
            return request;
        }
    }
}

/// Answers the request that was read.
pub(crate) fn answer(mut stream: TcpStream) {
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .expect("the sender waits for an answer");
}

/// The request in these bytes, if all of it is there.
fn parse(bytes: &[u8]) -> Option<(String, Received)> {
    let (head, body) = split_head(bytes)?;
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1).expect("a path");
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').expect("a header line");
        (name.to_owned(), value.trim().to_owned())
    });
    let mut received = Received {
        headers: headers.collect(),
        body: Value::Null,
    };
    let length = received.only("content-length").expect("a length");
    if body.len() < length.parse().expect("a number") {
        return None;
    }
    received.body = serde_json::from_slice(body).expect("a body of JSON");
    Some((path.to_owned(), received))
}

/// Splits a message into its head, without the empty line at the end, and its body.
pub(crate) fn split_head(message: &[u8]) -> Option<(&str, &[u8])> {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&message[..end]).expect("a head of text");
    Some((head, &message[end + 4..]))
}
