//! A collector on a real socket, which remembers every request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// One request, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What to answer to a request of this number.
pub(crate) type Answer = fn(usize) -> Response;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    answer: Answer,
}

/// Runs on a thread of its own until it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    shared: Shared,
    runtime: Option<Runtime>,
}

impl Collector {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        Self::that_answers(|_| StatusCode::OK.into_response())
    }

    /// One that answers the requests, counted from 0, with this.
    pub(crate) fn that_answers(answer: Answer) -> Self {
        Self::listening(answer, |listener| listener)
    }

    /// One that takes everything, on whatever is made of a listener.
    pub(crate) fn behind<L: Listener<Addr = SocketAddr>>(
        wrap: impl FnOnce(TcpListener) -> L,
    ) -> Self {
        Self::listening(|_| StatusCode::OK.into_response(), wrap)
    }

    fn listening<L: Listener<Addr = SocketAddr>>(
        answer: Answer,
        wrap: impl FnOnce(TcpListener) -> L,
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Shared {
            received: Arc::default(),
            answer,
        };
        let router = Router::new().fallback(receive).with_state(shared.clone());
        let listener = wrap(listener);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            shared,
            runtime: Some(runtime),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where it takes spans.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        let received = self.shared.received.lock();
        received.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one request.
    pub(crate) fn only(&self) -> Received {
        let [request] = <[Received; 1]>::try_from(self.received()).unwrap();
        request
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
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut received = shared
        .received
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    received.push(Received {
        method,
        uri,
        headers,
        body,
    });
    (shared.answer)(received.len() - 1)
}

impl Received {
    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.get_all(name).iter().collect();
        let [value] = values[..] else {
            panic!("`{name}` is there {} times", values.len())
        };
        value.to_str().unwrap()
    }

    fn message(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.clone()).unwrap()
    }

    /// The names of its spans.
    pub(crate) fn spans(&self) -> Vec<String> {
        let message = self.message();
        let scopes = message
            .resource_spans
            .into_iter()
            .flat_map(|resource| resource.scope_spans);
        scopes
            .flat_map(|scope| scope.spans)
            .map(|span| span.name)
            .collect()
    }

    /// The attributes of its one resource, in order.
    pub(crate) fn resource(&self) -> Vec<(String, String)> {
        let message = self.message();
        let [resource] = &message.resource_spans[..] else {
            panic!("{message:?}")
        };
        let attributes = &resource.resource.as_ref().unwrap().attributes;
        let mut attributes: Vec<_> = attributes.iter().map(pair).collect();
        attributes.sort();
        attributes
    }
}

fn pair(attribute: &KeyValue) -> (String, String) {
    let value = attribute.value.as_ref().and_then(|any| any.value.clone());
    let Some(any_value::Value::StringValue(value)) = value else {
        panic!("{attribute:?}")
    };
    (attribute.key.clone(), value)
}
