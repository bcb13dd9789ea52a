//! The model: an HTTP server that has the same kind of answer for everybody.

use axum::routing::post;
use axum::{Json, Router};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tracing_relay::request_span;

/// Where the model takes its prompts.
pub const PATH: &str = "/v1/responses";

/// What the model is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Which model.
    pub model: String,
    /// What the user wrote.
    pub input: String,
}

/// What the model says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text.
    pub output: String,
}

/// The routes of the model.
pub fn router() -> Router {
    Router::new().route(PATH, post(respond))
}

#[request_span(
    name = "POST /v1/responses",
    fields(http.request.method = "POST", http.route = PATH, model = prompt.model)
)]
async fn respond(_headers: HeaderMap, Json(prompt): Json<Prompt>) -> Json<Answer> {
    let words = prompt.input.split_whitespace().count();
    let plural = if words == 1 { "" } else { "s" };
    Json(Answer {
        output: format!("{} counts {words} word{plural}.", prompt.model),
    })
}
