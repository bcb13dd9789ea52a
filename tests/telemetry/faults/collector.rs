//! A collector on a real socket that does what it is told, also what it should not.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use axum::{Json, Router};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::decoded::spans_of;

const JSON: &str = "application/json";

/// What is the matter with a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Healthy,
    /// Nobody listens there.
    Down,
    /// It answers late.
    Slow,
    /// It takes requests and never answers.
    Hanging,
    /// It takes connections and resets them.
    Resetting,
    /// 500, which is not tried again.
    Failing,
    /// 503, with the wish to come again in a second.
    Unavailable,
    /// 200, and a body that nobody can read.
    Garbage,
    /// 200, with one span rejected.
    Partial,
}

impl Fault {
    pub(crate) const ALL: [Self; 9] = [
        Self::Healthy,
        Self::Down,
        Self::Slow,
        Self::Hanging,
        Self::Resetting,
        Self::Failing,
        Self::Unavailable,
        Self::Garbage,
        Self::Partial,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Down => "down (refused)",
            Self::Slow => "slow (answers after 20 ms)",
            Self::Hanging => "hanging",
            Self::Resetting => "resetting connections",
            Self::Failing => "answering 500",
            Self::Unavailable => "answering 503, Retry-After: 1",
            Self::Garbage => "answering garbage",
            Self::Partial => "rejecting a part",
        }
    }

    /// Whether a batch that it gets counts as exported.
    pub(crate) const fn takes(self) -> bool {
        matches!(self, Self::Healthy | Self::Slow | Self::Garbage)
    }

    /// Whether it answers each request for good, so that none is tried again or waits for its timeout.
    pub(crate) const fn answers(self) -> bool {
        self.takes() || matches!(self, Self::Failing | Self::Partial)
    }
}

/// The fault of the moment.
type Now = Arc<Mutex<Fault>>;

#[derive(Clone)]
struct Shared {
    now: Now,
    taken: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

/// Runs on a thread of its own until it is dropped.
pub(crate) struct FaultyCollector {
    address: SocketAddr,
    shared: Shared,
    runtime: Option<Runtime>,
}

impl FaultyCollector {
    pub(crate) fn start(fault: Fault) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let shared = Shared {
            now: Arc::new(Mutex::new(fault)),
            taken: Arc::default(),
        };
        if fault != Fault::Down {
            let router = Router::new().fallback(receive).with_state(shared.clone());
            let now = Arc::clone(&shared.now);
            let listener = FaultyListener { listener, now };
            runtime.spawn(async move { axum::serve(listener, router).await });
        }
        Ok(Self {
            address,
            shared,
            runtime: Some(runtime),
        })
    }

    /// Where it takes spans.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    /// Has another fault from now on; not for one that nobody listens to.
    pub(crate) fn set(&self, fault: Fault) {
        *lock(&self.shared.now) = fault;
    }

    /// How many spans were in the requests that it said yes to.
    pub(crate) fn taken(&self) -> u64 {
        let taken = lock(&self.shared.taken).clone();
        let spans = taken
            .iter()
            .map(|(headers, body)| spans_of(headers, body).len());
        spans.sum::<usize>().try_into().expect("they are few")
    }
}

impl Drop for FaultyCollector {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resets connections where that is the fault.
struct FaultyListener {
    listener: TcpListener,
    now: Now,
}

impl Listener for FaultyListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if *lock(&self.now) != Fault::Resetting {
                return (stream, address);
            }
            // Dropped, it sends a reset and no end.
            let _ = stream.set_zero_linger();
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let fault = *lock(&shared.now);
    if fault == Fault::Slow {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let is_json = headers.get(CONTENT_TYPE).is_some_and(|form| form == JSON);
    if fault.takes() {
        lock(&shared.taken).push((headers, body));
    }
    match fault {
        Fault::Healthy | Fault::Slow => StatusCode::OK.into_response(),
        Fault::Hanging => std::future::pending().await,
        // A connection from before: an error is as good as a reset.
        Fault::Failing | Fault::Down | Fault::Resetting => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Fault::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
        }
        Fault::Garbage => "\u{ff}garbage".into_response(),
        Fault::Partial => {
            let partial_success = Some(ExportTracePartialSuccess {
                rejected_spans: 1,
                error_message: "too old".to_owned(),
            });
            let answer = ExportTraceServiceResponse { partial_success };
            if is_json {
                return ([(CONTENT_TYPE, JSON)], Json(answer)).into_response();
            }
            answer.encode_to_vec().into_response()
        }
    }
}
