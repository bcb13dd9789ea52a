//! The way to the model: one HTTP request for an answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use tracing_relay::traced;

use crate::model::{Answer, PATH, Prompt};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Asks a model. Cloning is cheap, and the clones share their connections.
#[derive(Clone, Debug)]
pub struct ModelClient {
    http: reqwest::Client,
    url: String,
}

impl ModelClient {
    /// A client of the model at this address, like `http://127.0.0.1:8080`.
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be set up.
    pub fn new(base_url: &str) -> Result<Self, ModelError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(TIMEOUT)
            .build()?;
        let url = format!("{}{PATH}", base_url.trim_end_matches('/'));
        Ok(Self { http, url })
    }

    /// The answer of `model` to `input`.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn respond(&self, model: &str, input: &str) -> Result<String, ModelError> {
        let prompt = Prompt {
            model: model.to_owned(),
            input: input.to_owned(),
        };
        let request = http::Request::post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&prompt)?)?;
        let answer = self.model_request(request).await?;
        Ok(answer.output)
    }

    #[traced(
        kind = "client",
        fields(http.request.method = "POST", url.full = self.url),
        err = "message"
    )]
    async fn model_request(&self, request: http::Request<Vec<u8>>) -> Result<Answer, ModelError> {
        let response = self.http.execute(request.try_into()?).await?;
        Ok(response.error_for_status()?.json().await?)
    }
}

/// Why the model did not answer.
#[derive(Debug)]
pub enum ModelError {
    /// The request could not be written down.
    Request(Box<dyn Error + Send + Sync>),
    /// It could not be sent, or its answer was no answer.
    Http(reqwest::Error),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(error) => write!(f, "cannot ask the model: {error}"),
            Self::Http(error) => write!(f, "the model did not answer: {error}"),
        }
    }
}

impl Error for ModelError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Request(error) => Some(error.as_ref()),
            Self::Http(error) => Some(error),
        }
    }
}

impl From<reqwest::Error> for ModelError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl From<serde_json::Error> for ModelError {
    fn from(error: serde_json::Error) -> Self {
        Self::Request(error.into())
    }
}

impl From<http::Error> for ModelError {
    fn from(error: http::Error) -> Self {
        Self::Request(error.into())
    }
}
