//! The calls that the service makes.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::Value;

/// Longer than any healthy test takes, so that a hanging one ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// One call that a request asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Callback {
    url: String,
    #[serde(default)]
    arguments: Value,
}

/// A client that calls the URL that it is given, and nothing else.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(PATIENCE)
        .build()
}

/// Makes one call. The headers get the trace on the way out; what is answered is for the receiver
/// of the call to judge.
#[tracing_relay::traced(
    name = "POST",
    kind = "client",
    fields(http.request.method = "POST", url.full = callback.url.as_str()),
    on_ok(|status| http.response.status_code = status.as_u16()),
)]
pub(crate) async fn post(
    client: &Client,
    callback: &Callback,
    headers: HeaderMap,
) -> reqwest::Result<StatusCode> {
    let response = client
        .post(&callback.url)
        .headers(headers)
        .json(&callback.arguments)
        .send()
        .await?;
    Ok(response.status())
}
