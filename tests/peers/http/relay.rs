//! The same application with an attribute on its handler.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::routing::get;
use tracing_relay::request_span;

use crate::routers::ROUTE;

#[request_span(
    conventions = "http",
    fields(
        http.request.method = method.as_str(),
        http.route = ROUTE,
        url.path = uri.path(),
    ),
    on_ok(|response| http.response.status_code = response.0.as_u16()),
)]
async fn item(
    _headers: HeaderMap,
    method: Method,
    uri: Uri,
    Path(id): Path<u64>,
) -> (StatusCode, String) {
    (StatusCode::OK, id.to_string())
}

pub(crate) fn router() -> Router {
    Router::new().route(ROUTE, get(item))
}
