//! A collector: takes spans over OTLP (HTTP and protobuf), and keeps them.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::dataset::{Dataset, Request};

/// A collector that listens until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    url: String,
    dataset: Arc<Mutex<Dataset>>,
    _serving: JoinSet<io::Result<()>>,
}

impl Receiver {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let dataset = Arc::default();
        let routes = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&dataset));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await });
        Ok(Self {
            url,
            dataset,
            _serving: serving,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has come so far.
    #[must_use]
    pub fn dataset(&self) -> Dataset {
        let dataset = self.dataset.lock();
        dataset.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn receive(
    State(dataset): State<Arc<Mutex<Dataset>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Ok(body) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let request = Request {
        path: uri.path().to_owned(),
        headers: headers.collect(),
    };
    let mut dataset = dataset.lock().unwrap_or_else(PoisonError::into_inner);
    dataset.receive(request, body);
    StatusCode::OK
}
