//! The same application with an attribute on its handler.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::routing::get;
use tracing_relay::request_span;

use crate::routers::ROUTE;

/// The request is not sent on, so that it needs no context of this span.
#[request_span(
    conventions = "http",
    restamp = false,
    fields(
        http.request.method = request.method().as_str(),
        http.route = ROUTE,
        url.path = request.uri().path(),
    ),
    on_ok(|response| http.response.status_code = response.0.as_u16()),
)]
async fn item(Path(id): Path<u64>, request: Request) -> (StatusCode, String) {
    (StatusCode::OK, id.to_string())
}

pub(crate) fn router() -> Router {
    Router::new().route(ROUTE, get(item))
}
