//! The process under test, and a client that sends header lines as they are written.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::loopback;

/// How long a test waits for what does not come. It only ever passes in a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The service as a process, which ends with this value.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    process: Child,
    stdin: Mutex<Option<ChildStdin>>,
    stdout: Mutex<Receiver<String>>,
}

/// What the service says about its own span.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) parent_span_id: Option<String>,
    pub(crate) sampled: bool,
    pub(crate) tracestate: Option<String>,
    pub(crate) baggage: Option<String>,
}

/// A span as the service prints it.
#[expect(clippy::struct_field_names, reason = "the names are those in JSON")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) parent_span_id: Option<String>,
    pub(crate) parent_is_remote: bool,
}

impl Service {
    /// Starts the service on the engine of the suite, whatever trace the test itself runs in.
    pub(crate) fn start() -> Self {
        Self::start_with(|command| command)
    }

    /// The same, with more settings.
    pub(crate) fn start_with(settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_w3c_service"));
        command
            .args(["--addr", "127.0.0.1:0", "--until-stdin-ends", "--spans"])
            .env_remove("TRACEPARENT")
            .env_remove("TRACESTATE")
            .env_remove("BAGGAGE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // By this the suites choose theirs.
        if std::env::var("TRACING_RELAY_TEST_ENGINE").is_ok_and(|engine| engine == "own") {
            command.args(["--engine", "own"]);
        }
        let mut process = settings(&mut command).spawn().expect("the service starts");

        let stdout = process.stdout.take().expect("stdout is a pipe");
        let (lines, received) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                if lines.send(line.expect("stdout is text")).is_err() {
                    return;
                }
            }
        });
        let address = received
            .recv_timeout(PATIENCE)
            .expect("the service tells its address");
        Self {
            stdin: Mutex::new(process.stdin.take()),
            process,
            address: address.parse().expect("an address"),
            stdout: Mutex::new(received),
        }
    }

    /// The URL for a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request and returns the status and the body of the response.
    pub(crate) fn send(
        &self,
        request_line: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.address).expect("the service listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let mut request = format!(
            "{request_line} HTTP/1.1\r\nhost: {}\r\n{}connection: close\r\ncontent-length: {}\r\n\r\n",
            self.address,
            lines.concat(),
            body.len(),
        )
        .into_bytes();
        request.extend_from_slice(body);
        stream.write_all(&request).expect("a request");

        let mut response = Vec::new();
        stream.read_to_end(&mut response).expect("a response");
        let (head, body) = loopback::split_head(&response).expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let body = serde_json::from_slice(body).expect("a body of JSON");
        (status.expect("a status"), body)
    }

    /// Asks the service to call these URLs and returns what it says about its span.
    pub(crate) fn ask(&self, headers: &[(&str, &str)], urls: &[String]) -> Reply {
        let arguments: Vec<_> = urls
            .iter()
            .map(|url| json!({"url": url, "arguments": [{"path": url}]}))
            .collect();
        let body = Value::from(arguments).to_string();
        let (status, reply) = self.send("POST /test", headers, body.as_bytes());
        assert_eq!(status, 200, "{reply}");
        serde_json::from_value(reply).expect("a reply as promised")
    }

    /// The spans that ended up to and including the one with this id.
    pub(crate) fn spans_until(&self, span_id: &str) -> Vec<Span> {
        let stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        let mut spans = Vec::new();
        loop {
            let line = stdout.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no span {span_id} but {spans:#?}"));
            let span: Span = serde_json::from_str(&line).expect("a span");
            let last = span.span_id == span_id;
            spans.push(span);
            if last {
                return spans;
            }
        }
    }

    /// Tells the service to stop.
    pub(crate) fn close_stdin(&self) {
        self.stdin.lock().expect("nothing panics in here").take();
    }

    /// Tells the service to stop; returns how it ended, and what it wrote to stderr.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        self.close_stdin();
        let mut written = String::new();
        let stderr = self.process.stderr.as_mut().expect("stderr is a pipe");
        stderr.read_to_string(&mut written).expect("stderr is text");
        (self.process.wait().expect("the service ends"), written)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail where the service has ended by itself.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
