//! A collector on a real socket, which remembers every request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// One request, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Requests = Arc<Mutex<Vec<Received>>>;

/// Runs on a thread of its own until it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    received: Requests,
    runtime: Option<Runtime>,
}

impl Collector {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let received = Requests::default();
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&received));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            received,
            runtime: Some(runtime),
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL for a signal.
    pub(crate) fn url(&self, signal: &str) -> String {
        format!("{}/v1/{signal}", self.base())
    }

    /// The requests for a signal.
    pub(crate) fn requests(&self, signal: &str) -> Vec<Received> {
        let received = self.received.lock();
        let received = received.unwrap_or_else(PoisonError::into_inner);
        let path = format!("/v1/{signal}");
        let of_signal = received.iter().filter(|request| request.path == path);
        of_signal.cloned().collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn receive(
    State(received): State<Requests>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
    received.push(Received {
        path: uri.path().to_owned(),
        headers,
        body,
    });
    StatusCode::OK
}
