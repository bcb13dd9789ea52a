//! A collector that speaks gRPC, on a real socket, which remembers every call.

use std::net::{SocketAddr, TcpListener as Listener};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use crate::child::LONG;

/// One call, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) metadata: MetadataMap,
    /// The names of its spans or metrics, or of the events of its log records.
    pub(crate) names: Vec<String>,
}

impl Call {
    /// A value of its metadata.
    pub(crate) fn value(&self, key: &str) -> &str {
        let value = self.metadata.get(key);
        value.unwrap_or_else(|| panic!("{key}")).to_str().unwrap()
    }
}

/// What to answer to a call of this number.
pub(crate) type Answer = fn(usize) -> Result<ExportTraceServiceResponse, Status>;

#[derive(Clone)]
struct Service {
    calls: Arc<Mutex<Vec<Call>>>,
    answer: Answer,
}

/// Runs on a thread of its own until it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    service: Service,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Collector {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        Self::that_answers(|_| Ok(ExportTraceServiceResponse::default()))
    }

    /// One that answers the calls, counted from 0, with this.
    pub(crate) fn that_answers(answer: Answer) -> Self {
        Self::listening(bind(0), answer, None)
    }

    /// One that takes everything that comes over TLS.
    pub(crate) fn behind(tls: ServerTlsConfig) -> Self {
        let answer: Answer = |_| Ok(ExportTraceServiceResponse::default());
        Self::listening(bind(0), answer, Some(tls))
    }

    /// One that takes everything that comes to this socket.
    pub(crate) fn at(listener: Listener) -> Self {
        Self::listening(
            listener,
            |_| Ok(ExportTraceServiceResponse::default()),
            None,
        )
    }

    fn listening(listener: Listener, answer: Answer, tls: Option<ServerTlsConfig>) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let inside = runtime.enter();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let incoming = TcpIncoming::from(TcpListener::from_std(listener).unwrap());
        let service = Service {
            calls: Arc::default(),
            answer,
        };
        let mut server = Server::builder();
        if let Some(tls) = tls {
            server = server.tls_config(tls).unwrap();
        }
        let gzip = CompressionEncoding::Gzip;
        let router = server
            .add_service(TraceServiceServer::new(service.clone()).accept_compressed(gzip))
            .add_service(MetricsServiceServer::new(service.clone()).accept_compressed(gzip))
            .add_service(LogsServiceServer::new(service.clone()).accept_compressed(gzip));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            // A collector that is dropped does not say goodbye.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let server = runtime.spawn(async move {
            let served = router.serve_with_incoming_shutdown(incoming, stopped);
            served.await.unwrap();
        });
        drop(inside);
        Self {
            address,
            service,
            stop: Some(stop),
            server: Some(server),
            runtime: Some(runtime),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells its clients that it ends, and takes no further connection.
    pub(crate) fn say_goodbye(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until those who were told are gone.
    pub(crate) fn wait(&mut self) {
        let (runtime, server) = (self.runtime.as_ref(), self.server.take());
        let gone = async { tokio::time::timeout(LONG, server.unwrap()).await };
        runtime.unwrap().block_on(gone).unwrap().unwrap();
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        let calls = self.service.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one call.
    pub(crate) fn only(&self) -> Call {
        let [call] = <[Call; 1]>::try_from(self.calls()).unwrap();
        call
    }

    /// The names of all that came, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let calls = self.calls().into_iter();
        let mut names: Vec<_> = calls.flat_map(|call| call.names).collect();
        names.sort();
        names
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Its connections end with it.
            runtime.shutdown_timeout(LONG);
        }
    }
}

/// A socket at this port of this machine, or at any.
pub(crate) fn bind(port: u16) -> Listener {
    Listener::bind(("127.0.0.1", port)).unwrap()
}

impl Service {
    fn take(
        &self,
        metadata: &MetadataMap,
        names: Vec<String>,
    ) -> Result<ExportTraceServiceResponse, Status> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(Call {
            metadata: metadata.clone(),
            names,
        });
        (self.answer)(calls.len() - 1)
    }
}

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.get_ref().resource_spans.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        let spans = scopes.flat_map(|scope| &scope.spans);
        let names = spans.map(|span| span.name.clone()).collect();
        self.take(request.metadata(), names).map(Response::new)
    }
}

#[tonic::async_trait]
impl MetricsService for Service {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let resources = request.get_ref().resource_metrics.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        let metrics = scopes.flat_map(|scope| &scope.metrics);
        let names = metrics.map(|metric| metric.name.clone()).collect();
        self.take(request.metadata(), names)?;
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Service {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let resources = request.get_ref().resource_logs.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_logs);
        let records = scopes.flat_map(|scope| &scope.log_records);
        let names = records.map(|record| record.event_name.clone()).collect();
        self.take(request.metadata(), names)?;
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}
