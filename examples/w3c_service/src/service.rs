//! The endpoint: one handler, and nothing in it that makes a span.

use std::error::Error;
use std::iter;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use reqwest::Client;
use serde::Serialize;
use serde_json::json;
use tracing_relay::{CarriesTrace as _, Failure, SpanError, SpanId, TraceContext, TraceState, env};

use crate::callback::{self, Callback};

/// `/test` is where the harness of the W3C sends its requests by default.
pub(crate) fn router() -> reqwest::Result<Router> {
    Ok(Router::new()
        .route("/", post(call_back))
        .route("/test", post(call_back))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .with_state(callback::client()?))
}

/// Calls each URL in order, then tells about the span that it ran in.
#[tracing_relay::request_span(
    name = "POST",
    // The headers stay as they were received, because the reply names the parent.
    restamp = false,
    fields(
        http.request.method = "POST",
        url.path = uri.path(),
        url.scheme = "http",
    ),
    on_ok(|_| http.response.status_code = 200),
    on_err(|problem| http.response.status_code = problem.status().as_u16()),
)]
async fn call_back(
    State(client): State<Client>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Reply>, Problem> {
    let callbacks: Vec<Callback> = serde_json::from_slice(&body).map_err(Problem::BadJson)?;
    for callback in &callbacks {
        callback::post(&client, callback, HeaderMap::new())
            .await
            .map_err(Problem::Callback)?;
    }
    Ok(Json(Reply::of_current_span(&headers)))
}

/// The span of a request, `null` where it has none of something.
#[derive(Debug, Serialize)]
struct Reply {
    trace_id: Option<String>,
    span_id: Option<String>,
    parent_span_id: Option<String>,
    sampled: bool,
    tracestate: Option<String>,
    baggage: Option<String>,
}

impl Reply {
    fn of_current_span(request: &HeaderMap) -> Self {
        let context = tracing_relay::current_context();
        let context = context.as_ref();
        let baggage = tracing_relay::current_baggage();
        Self {
            trace_id: context.map(|context| context.trace_id().to_string()),
            span_id: context.map(|context| context.span_id().to_string()),
            parent_span_id: parent(request).map(|parent| parent.to_string()),
            sampled: context.is_some_and(|context| context.flags().is_sampled()),
            tracestate: context
                .and_then(|context| context.tracestate())
                .map(TraceState::to_string),
            baggage: (!baggage.is_empty()).then(|| baggage.to_string()),
        }
    }
}

/// The parent of a span that handles `request`. A request without a trace belongs to the trace that
/// the process was started in, if it was; a request with a broken one does not.
fn parent(request: &HeaderMap) -> Option<SpanId> {
    let received = request.extract();
    let inherited = match (received.context(), received.error()) {
        (None, None) => env::inherited(),
        _ => received,
    };
    inherited.context().map(TraceContext::span_id)
}

/// Why a request is not answered with 200.
#[derive(Debug)]
enum Problem {
    NotFound,
    MethodNotAllowed,
    BadJson(serde_json::Error),
    Callback(reqwest::Error),
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadJson(_) => StatusCode::BAD_REQUEST,
            // The URL that the request gave is not one.
            Self::Callback(error) if error.is_builder() => StatusCode::BAD_REQUEST,
            Self::Callback(_) => StatusCode::BAD_GATEWAY,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NotFound => "there is nothing here: POST to `/test`".to_owned(),
            Self::MethodNotAllowed => "only POST is understood here".to_owned(),
            Self::BadJson(error) => {
                format!("the body is not a list of `{{\"url\", \"arguments\"}}`: {error}")
            }
            Self::Callback(error) => with_sources(error),
        }
    }
}

/// An error in one line: reqwest keeps what happened in the sources.
fn with_sources(error: &(dyn Error + 'static)) -> String {
    let sources = iter::successors(Some(error), |&error| error.source());
    let lines: Vec<_> = sources.map(ToString::to_string).collect();
    lines.join(": ")
}

/// What is wrong with a request is not an error of the server.
impl SpanError for Problem {
    fn failure(&self) -> Option<Failure<'_>> {
        let status = self.status();
        status
            .is_server_error()
            .then(|| Failure::new(status.as_str().to_owned()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.message() }));
        (self.status(), body).into_response()
    }
}
