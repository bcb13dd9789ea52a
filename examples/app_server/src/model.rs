//! The model: an HTTP server that has the same kind of answer for everybody, and gives it in pieces.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tracing_relay::request_span;

/// Where the model takes its prompts.
pub const RESPONSES: &str = "/v1/responses";

/// Where the model says what it is.
pub const MODELS: &str = "/v1/models";

/// The one model that there is. It answers to each name.
pub const MODEL: &str = "canned-1";

/// The time between two pieces of an answer.
const PACE: Duration = Duration::from_millis(1);

/// What the model is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Which model.
    pub model: String,
    /// What the user wrote.
    pub input: String,
}

/// A piece of an answer: a line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chunk {
    /// Some more of the text.
    Delta(String),
    /// The end: the text is complete, and has this many words.
    Done(usize),
}

/// What models there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Models {
    /// Their names.
    pub data: Vec<String>,
}

/// The routes of the model.
pub fn router() -> Router {
    router_with_pace(PACE)
}

/// The routes of a model that waits before each piece of an answer.
pub fn router_with_pace(pace: Duration) -> Router {
    Router::new()
        .route(RESPONSES, post(respond))
        .route(MODELS, get(models))
        .with_state(pace)
}

#[request_span(
    name = "POST /v1/responses",
    fields(http.request.method = "POST", http.route = RESPONSES, model = prompt.model)
)]
async fn respond(
    State(pace): State<Duration>,
    _headers: HeaderMap,
    Json(prompt): Json<Prompt>,
) -> Body {
    let words = prompt.input.split_whitespace().count();
    let plural = if words == 1 { "" } else { "s" };
    answer(
        &format!("{} counts {words} word{plural}.", prompt.model),
        pace,
    )
}

#[request_span(name = "GET /v1/models", fields(http.request.method = "GET", http.route = MODELS))]
async fn models(_headers: HeaderMap) -> Json<Models> {
    let data = vec![MODEL.to_owned()];
    Json(Models { data })
}

/// A text as the model says it: a word at a time.
pub fn answer(text: &str, pace: Duration) -> Body {
    let words = text.split_inclusive(' ');
    let mut chunks: Vec<_> = words.map(|word| Chunk::Delta(word.to_owned())).collect();
    chunks.push(Chunk::Done(chunks.len()));
    let lines = stream::iter(chunks).then(move |chunk| async move {
        sleep(pace).await;
        serde_json::to_string(&chunk).map(|line| line + "\n")
    });
    Body::from_stream(lines)
}
