//! Receives the spans of all processes: each of them connects once, and sends a line for each span.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// A span as a process sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    /// Where the span was.
    pub process: String,
    /// The id of the trace, in hexadecimal digits.
    pub trace_id: String,
    /// The id of the span.
    pub span_id: String,
    /// The id of the parent, if there is one.
    pub parent_id: Option<String>,
    /// The name.
    pub name: String,
    /// The kind: `server`, `client`, `consumer`, `producer` or `internal`.
    pub kind: String,
    /// When it started, since 1970.
    pub start: Duration,
    /// How long it took.
    pub duration: Duration,
    /// The description of its error, if that is its status.
    pub error: Option<String>,
    /// The attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// The spans that it is linked to.
    pub links: Vec<SpanLink>,
}

/// A span that another one is linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanLink {
    /// The id of its trace.
    pub trace_id: String,
    /// Its id.
    pub span_id: String,
}

impl SpanRecord {
    /// An attribute, as text.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }
}

/// Listens for the spans of a number of processes.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    spans: JoinSet<io::Result<Vec<SpanRecord>>>,
    processes: usize,
}

impl Collector {
    /// Listens on a free port of the loopback interface, for so many processes.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn start(processes: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut spans = JoinSet::new();
        spans.spawn(collect(listener, processes));
        Ok(Self {
            address,
            spans,
            processes,
        })
    }

    /// Where processes connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// All spans, once each process has closed its connection.
    ///
    /// # Errors
    ///
    /// When that takes longer than `patience`, and when something was sent that is no span.
    pub async fn finish(mut self, patience: Duration) -> Result<Vec<SpanRecord>, CollectError> {
        match timeout(patience, self.spans.join_next()).await {
            Ok(Some(Ok(spans))) => spans.map_err(CollectError::Io),
            Ok(Some(Err(error))) => Err(CollectError::Io(error.into())),
            Ok(None) | Err(_) => Err(CollectError::Missing(self.processes)),
        }
    }
}

async fn collect(listener: TcpListener, processes: usize) -> io::Result<Vec<SpanRecord>> {
    let mut connections = JoinSet::new();
    for _ in 0..processes {
        let (connection, _) = listener.accept().await?;
        connections.spawn(read(connection));
    }
    let mut all = Vec::new();
    while let Some(spans) = connections.join_next().await {
        all.extend(spans??);
    }
    Ok(all)
}

async fn read(connection: TcpStream) -> io::Result<Vec<SpanRecord>> {
    let mut lines = BufReader::new(connection).lines();
    let mut spans = Vec::new();
    while let Some(line) = lines.next_line().await? {
        spans.push(serde_json::from_str(&line)?);
    }
    Ok(spans)
}

/// Why there are not all spans.
#[derive(Debug)]
pub enum CollectError {
    /// One of so many processes has not said that it is done.
    Missing(usize),
    /// What was sent could not be read.
    Io(io::Error),
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(processes) => {
                write!(
                    f,
                    "the spans of all {processes} processes did not arrive in time"
                )
            }
            Self::Io(error) => write!(f, "cannot collect the spans: {error}"),
        }
    }
}

impl std::error::Error for CollectError {}
