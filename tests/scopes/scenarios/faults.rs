//! Collectors that do not do their part, and an exporter that sends to them.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::support::LONG;

/// What is wrong with a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody listens.
    Refuses,
    /// It takes the request and never answers.
    Hangs,
    Answers500,
    /// It closes the connection in the middle of the request.
    Resets,
    /// There is no collector: the exporter panics.
    Panics,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] = [
        Self::Refuses,
        Self::Hangs,
        Self::Answers500,
        Self::Resets,
        Self::Panics,
    ];
}

/// A collector, until it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
    /// Lets connections go that hang.
    let_go: Option<mpsc::Sender<()>>,
}

impl Collector {
    pub(crate) fn with(fault: Fault) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        if matches!(fault, Fault::Refuses | Fault::Panics) {
            drop(listener);
            return Ok(Self {
                address,
                thread: None,
                let_go: None,
            });
        }
        let (let_go, wait) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut hanging = Vec::new();
            for connection in listener.incoming().flatten() {
                // The last connection is made to end this.
                if matches!(wait.try_recv(), Err(mpsc::TryRecvError::Disconnected)) {
                    return;
                }
                // What goes wrong here is what the test is about.
                let _ = serve(fault, connection, &mut hanging);
            }
        });
        Ok(Self {
            address,
            thread: Some(thread),
            let_go: Some(let_go),
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

fn serve(fault: Fault, mut connection: TcpStream, hanging: &mut Vec<TcpStream>) -> io::Result<()> {
    let mut begun = [0];
    connection.read_exact(&mut begun)?;
    match fault {
        Fault::Answers500 => {
            connection.write_all(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n")
        }
        Fault::Hangs => {
            hanging.push(connection);
            Ok(())
        }
        _ => Ok(()),
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.let_go = None;
        if let Some(thread) = self.thread.take() {
            // It waits for a connection.
            let _ = TcpStream::connect(self.address);
            thread.join().expect("the collector does not panic");
        }
    }
}

/// Posts to a collector, and says when it begins.
#[derive(Debug)]
pub(crate) struct Posting {
    pub(crate) fault: Fault,
    pub(crate) address: SocketAddr,
    pub(crate) begins: mpsc::Sender<()>,
}

impl Posting {
    fn post(&self, spans: usize) -> io::Result<()> {
        let mut connection = TcpStream::connect_timeout(&self.address, LONG)?;
        connection.set_read_timeout(Some(LONG.max(Duration::from_secs(1))))?;
        let body = "x".repeat(spans * 100);
        write!(
            connection,
            "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = [0; 12];
        connection.read_exact(&mut answer)?;
        if answer.ends_with(b"200") {
            return Ok(());
        }
        Err(io::Error::other("the collector has an error"))
    }
}

impl SpanExporter for Posting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        // The test may be over.
        let _ = self.begins.send(());
        if self.fault == Fault::Panics {
            std::panic::resume_unwind(Box::new("the exporter is broken"));
        }
        self.post(batch.len())
            .map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
    }
}
