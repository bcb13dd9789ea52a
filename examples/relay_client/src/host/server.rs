//! The application around the server of the relay: it traces its own requests.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tracing::{Instrument as _, info_span};

/// Routes, each request with a span of the application.
pub fn observed(routes: Router) -> Router {
    routes.layer(from_fn(observe))
}

async fn observe(request: Request, next: Next) -> Response {
    let span =
        info_span!("server.request", method = %request.method(), path = request.uri().path());
    next.run(request).instrument(span).await
}
