//! The export to the demo's own [collector](crate::collector): a JSON line for each span.

use std::io::{self, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, Status};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::PATIENCE;
use crate::collector::SpanRecord;

/// Writes spans to a socket. Runs on the exporter's own thread, where it may block.
#[derive(Debug)]
pub(super) struct LineExporter {
    process: &'static str,
    socket: Mutex<TcpStream>,
}

impl LineExporter {
    pub(super) fn connect(process: &'static str, collector: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(&collector, PATIENCE)?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            process,
            socket: Mutex::new(socket),
        })
    }

    fn write(&self, batch: Vec<SpanData>) -> io::Result<()> {
        let mut lines = Vec::new();
        for span in batch {
            serde_json::to_writer(&mut lines, &record(self.process, span))?;
            lines.push(b'\n');
        }
        self.with_socket(|mut socket| socket.write_all(&lines))
    }

    fn with_socket<T>(&self, f: impl FnOnce(&TcpStream) -> T) -> T {
        f(&self.socket.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SpanExporter for LineExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.write(batch).map_err(|error| failure(&error))
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.with_socket(|socket| socket.shutdown(Shutdown::Both))
            .map_err(|error| failure(&error))
    }
}

fn failure(error: &io::Error) -> OTelSdkError {
    OTelSdkError::InternalFailure(error.to_string())
}

fn record(process: &str, span: SpanData) -> SpanRecord {
    let duration = span.end_time.duration_since(span.start_time);
    SpanRecord {
        process: process.to_owned(),
        trace_id: span.span_context.trace_id().to_string(),
        span_id: span.span_context.span_id().to_string(),
        parent_id: (span.parent_span_id != SpanId::INVALID)
            .then(|| span.parent_span_id.to_string()),
        name: span.name.into_owned(),
        kind: format!("{:?}", span.span_kind).to_lowercase(),
        start: span
            .start_time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default(),
        duration: duration.unwrap_or_default(),
        error: match span.status {
            Status::Error { description } => Some(description.into_owned()),
            Status::Unset | Status::Ok => None,
        },
        attributes: span
            .attributes
            .into_iter()
            .map(|attribute| (attribute.key.to_string(), attribute.value.to_string()))
            .collect(),
    }
}
