//! The same application behind each layer.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

/// The route of the only handler.
pub(crate) const ROUTE: &str = "/items/{id}";

async fn item(Path(id): Path<u64>) -> (StatusCode, String) {
    (StatusCode::OK, id.to_string())
}

pub(crate) fn untraced() -> Router {
    Router::new().route(ROUTE, get(item))
}

pub(crate) fn axum_tracing_opentelemetry() -> Router {
    untraced().layer(axum_tracing_opentelemetry::middleware::OtelAxumLayer::default())
}

pub(crate) fn tower_otel() -> Router {
    untraced().layer(tower_otel::trace::HttpLayer::server(tracing::Level::INFO))
}

/// Without its metrics, which the others do not have.
pub(crate) fn opentelemetry_instrumentation_tower() -> Router {
    let layer = opentelemetry_instrumentation_tower::http::server::LayerBuilder::builder()
        .with_metrics(false)
        .build()
        .expect("a layer");
    untraced().layer(layer)
}

pub(crate) fn fastrace_axum() -> Router {
    untraced().layer(fastrace_axum::FastraceLayer::default())
}
