//! What a session tells arrives over gRPC.

use std::net::SocketAddr;
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
use otel_provider::{OtelExporter, OtelHeader, OtelProvider, OtelSettings};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::delivery::{EVENTS, METRICS, TURN};
use crate::memory::{play, session};

/// The names of what came, each with the name of its signal.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Names {
    fn take<T>(
        &self,
        signal: &'static str,
        request: &Request<T>,
        names: impl Iterator<Item = String>,
    ) {
        assert_eq!(request.metadata().get("api-key").unwrap(), "secret");
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(names.map(|name| (signal, name)));
    }

    /// Those of a signal that are of the session, in order.
    fn of(&self, signal: &str) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_signal = all.iter().filter(|(of, _)| *of == signal);
        let names = of_signal.map(|(_, name)| name.clone());
        let mut names: Vec<_> = names.filter(|name| !name.starts_with("otel.")).collect();
        names.sort();
        names
    }
}

#[tonic::async_trait]
impl TraceService for Names {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.get_ref().resource_spans.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        let spans = scopes.flat_map(|scope| &scope.spans);
        self.take("traces", &request, spans.map(|span| span.name.clone()));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Names {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let resources = request.get_ref().resource_logs.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_logs);
        let logs = scopes.flat_map(|scope| &scope.log_records);
        self.take("logs", &request, logs.map(|log| log.event_name.clone()));
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Names {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let resources = request.get_ref().resource_metrics.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        let metrics = scopes.flat_map(|scope| &scope.metrics);
        self.take(
            "metrics",
            &request,
            metrics.map(|metric| metric.name.clone()),
        );
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

/// Takes everything, on the threads of a runtime of its own.
fn collect(names: &Names) -> (SocketAddr, Runtime) {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = runtime.block_on(async {
        Server::builder()
            .add_service(TraceServiceServer::new(names.clone()))
            .add_service(LogsServiceServer::new(names.clone()))
            .add_service(MetricsServiceServer::new(names.clone()))
    });
    runtime.spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
    (address, runtime)
}

#[test]
fn all_signals_arrive_over_grpc() {
    let names = Names::default();
    let (address, runtime) = collect(&names);
    let exporter = || OtelExporter::OtlpGrpc {
        endpoint: format!("http://{address}"),
        headers: [("api-key".into(), OtelHeader::Text("secret".into()))].into(),
        tls: None,
    };
    let settings = OtelSettings {
        exporter: exporter(),
        trace_exporter: exporter(),
        metrics_exporter: exporter(),
        ..OtelSettings::default()
    };
    let provider = OtelProvider::from(&settings).unwrap().unwrap();
    play(&provider, session("s-1", false));
    assert_eq!(provider.shutdown(), Ok(()));
    runtime.shutdown_background();

    assert_eq!(names.of("traces"), TURN);
    assert_eq!(names.of("logs"), EVENTS);
    assert_eq!(names.of("metrics"), METRICS);
}
