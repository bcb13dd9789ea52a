//! A collector that counts the spans of OTLP requests and forgets them.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Fields of `ExportTraceServiceRequest`, `ResourceSpans` and `ScopeSpans` that lead to a span.
const WAY: [u64; 3] = [1, 2, 2];

/// Listens on the loopback interface for as long as the process lives.
pub(crate) struct Collector {
    address: SocketAddr,
    spans: Arc<AtomicU64>,
}

impl Collector {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let spans = Arc::<AtomicU64>::default();
        let count = Arc::clone(&spans);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                // A connection that breaks shows up as spans that are missing.
                thread::spawn(move || serve(connection, &count));
            }
        });
        Ok(Self { address, spans })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    /// Those that came so far.
    pub(crate) fn spans(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }
}

fn serve(connection: TcpStream, count: &AtomicU64) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut answers = connection.try_clone()?;
    let mut requests = BufReader::with_capacity(256 << 10, connection);
    let mut body = Vec::new();
    loop {
        let mut len = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let header = line.trim_end().split_once(": ");
            match header {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    len = value.parse().map_err(io::Error::other)?;
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        body.resize(len, 0);
        requests.read_exact(&mut body)?;
        count.fetch_add(spans(&body, &WAY), Ordering::Relaxed);
        answers.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}

/// How many messages there are at the end of the way.
fn spans(mut message: &[u8], way: &[u64]) -> u64 {
    let Some((field, rest)) = way.split_first() else {
        return 1;
    };
    let mut found = 0;
    while let Some(key) = number(&mut message) {
        // All fields on the way are messages, and so are those beside them, or text.
        let Some((inner, behind)) = number(&mut message)
            .and_then(|len| usize::try_from(len).ok())
            .and_then(|len| message.split_at_checked(len))
        else {
            break;
        };
        message = behind;
        if key >> 3 == *field {
            found += spans(inner, rest);
        }
    }
    found
}

/// A number as protobuf writes it.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
