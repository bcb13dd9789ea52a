//! The way to the model: one HTTP request for an answer, which comes in pieces.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter::successors;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use http::header::CONTENT_TYPE;
use tokio_util::codec::{FramedRead, LinesCodec};
use tokio_util::io::StreamReader;
use tracing_relay::traced;

use crate::model::{Chunk, MODELS, Models, Prompt, RESPONSES};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Bytes that a piece of an answer may have.
const CHUNK_LIMIT: usize = 1 << 16;

/// What answers prompts.
pub trait Responder: Clone + Send + Sync + 'static {
    /// The answer to a prompt. `say` hears each piece of it as it comes.
    fn respond(
        &self,
        prompt: Prompt,
        say: impl Fn(&str) + Send + Sync,
    ) -> impl Future<Output = Result<String, ModelError>> + Send;
}

/// Asks a model. Cloning is cheap, and the clones share their connections.
#[derive(Clone, Debug)]
pub struct ModelClient {
    http: reqwest::Client,
    base_url: String,
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
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { http, base_url })
    }

    /// The names of the models.
    ///
    /// # Errors
    ///
    /// When the model does not say.
    pub async fn models(&self) -> Result<Vec<String>, ModelError> {
        let request = http::Request::get(format!("{}{MODELS}", self.base_url)).body(Vec::new())?;
        Ok(self.list_models(request).await?.data)
    }

    #[traced(kind = "client", err = "message",
        fields(http.request.method = "GET", url.full = request.uri()))]
    async fn list_models(&self, request: http::Request<Vec<u8>>) -> Result<Models, ModelError> {
        let response = self.http.execute(request.try_into()?).await?;
        Ok(response.error_for_status()?.json().await?)
    }

    #[traced(kind = "client", err = "message",
        fields(http.request.method = "POST", url.full = request.uri()))]
    async fn model_request(
        &self,
        request: http::Request<Vec<u8>>,
        say: impl Fn(&str) + Send + Sync,
    ) -> Result<String, ModelError> {
        let response = self.http.execute(request.try_into()?).await?;
        let answer = sampling(response.error_for_status()?, say).await?;
        Ok(answer.text)
    }
}

impl Responder for ModelClient {
    async fn respond(
        &self,
        prompt: Prompt,
        say: impl Fn(&str) + Send + Sync,
    ) -> Result<String, ModelError> {
        let request = http::Request::post(format!("{}{RESPONSES}", self.base_url))
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&prompt)?)?;
        self.model_request(request, say).await
    }
}

/// A whole answer.
struct Answer {
    text: String,
    words: usize,
}

/// Reads an answer piece by piece.
#[traced(on_ok(|answer| gen_ai.usage.output_tokens = answer.words), err = "message")]
async fn sampling(
    response: reqwest::Response,
    say: impl Fn(&str) + Send + Sync,
) -> Result<Answer, ModelError> {
    let body = response
        .bytes_stream()
        .map_err(|error| io::Error::other(error.without_url()));
    let lines = LinesCodec::new_with_max_length(CHUNK_LIMIT);
    let mut lines = FramedRead::new(StreamReader::new(body), lines);
    let mut text = String::new();
    while let Some(line) = lines.try_next().await.map_err(ModelError::answer)? {
        match serde_json::from_str(&line).map_err(ModelError::answer)? {
            Chunk::Delta(delta) => {
                say(&delta);
                text.push_str(&delta);
            }
            Chunk::Done(words) => return Ok(Answer { text, words }),
        }
    }
    Err(ModelError::answer("it stops in the middle"))
}

/// Why the model did not answer.
#[derive(Debug)]
pub enum ModelError {
    /// The request could not be written down.
    Request(Box<dyn Error + Send + Sync>),
    /// It could not be sent, or was refused.
    Http(reqwest::Error),
    /// What came was no answer, or not all of it.
    Answer(Box<dyn Error + Send + Sync>),
}

impl ModelError {
    fn answer(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Answer(reason.into())
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, error): (_, &dyn Error) = match self {
            Self::Request(error) => ("cannot ask the model", error.as_ref()),
            Self::Http(error) => ("the model did not answer", error),
            Self::Answer(error) => ("the model's answer cannot be read", error.as_ref()),
        };
        f.write_str(what)?;
        // What the HTTP client says alone is that something went wrong.
        for reason in successors(Some(error), |&error| error.source()) {
            write!(f, ": {reason}")?;
        }
        Ok(())
    }
}

/// The text has all sources already.
impl Error for ModelError {}

impl From<reqwest::Error> for ModelError {
    fn from(error: reqwest::Error) -> Self {
        // Clients of the server hear of it, and the address is nothing for them.
        Self::Http(error.without_url())
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
