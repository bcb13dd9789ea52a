//! [`Client`]: posts to one URL, and tries again what is worth it.
//!
//! The requests are made on the exporting thread itself, by a runtime that runs nowhere else. So what the client does is
//! neither on a thread of the application nor seen by a subscriber of it, and nobody ever waits for a thread of the client.

use std::error::Error;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use backon::Retryable as _;
use http::header::CONTENT_TYPE;
use prost::bytes::Bytes;
use reqwest::{RequestBuilder, redirect};
use tokio::runtime::Runtime;
use tokio::time;

use super::Destination;
use super::retry::{self, Again, Failure};
use super::tls;
use crate::scope::is_loopback;

/// More of an answer is not read.
const LONGEST_ANSWER: usize = 1 << 16;

pub(super) struct Client {
    destination: Destination,
    http: reqwest::Client,
    /// Made by the first request, on the thread that all of them are made on.
    runtime: Mutex<Option<Runtime>>,
}

impl Client {
    pub(super) fn new(destination: Destination) -> io::Result<Self> {
        let tls = tls::config(&destination)
            .map_err(|error| io::Error::other(format!("TLS cannot be set up: {error}")))?;
        let plain = destination.url.scheme() == "http";
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!plain)
            .http1_only()
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("tracing-relay/", env!("CARGO_PKG_VERSION")));
        if plain && destination.url.host_str().is_some_and(is_loopback) {
            client = client.no_proxy();
        }
        Ok(Self {
            http: client
                .build()
                .map_err(|error| io::Error::other(told(error)))?,
            destination,
            runtime: Mutex::default(),
        })
    }

    pub(super) const fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Posts a body, and gives that of the answer. On a thread without a runtime.
    pub(super) fn post(&self, body: &Bytes) -> Result<Bytes, String> {
        let mut runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = match &mut *runtime {
            Some(runtime) => runtime,
            none => none.insert(
                tokio::runtime::Builder::new_current_thread()
                    .enable_io()
                    .enable_time()
                    .build()
                    .map_err(|error| error.to_string())?,
            ),
        };
        runtime.block_on(self.deliver(body))
    }

    /// One batch, within its time.
    async fn deliver(&self, body: &Bytes) -> Result<Bytes, String> {
        let timeout = self.destination.timeout;
        let start = Instant::now();
        let mut last = None;
        let delivery = (|| self.once(body))
            .retry(retry::policy())
            .when(Failure::may_pass)
            .adjust(|failure: &Failure, wait| {
                let left = timeout.saturating_sub(start.elapsed());
                Some(failure.no_sooner(wait?)).filter(|wait| *wait < left)
            })
            .notify(|failure: &Failure, _| last = Some(failure.reason.clone()));
        match time::timeout(timeout, delivery).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) => Err(failure.reason),
            Err(_) => {
                Err(last.unwrap_or_else(|| format!("the collector did not answer in {timeout:?}")))
            }
        }
    }

    async fn once(&self, body: &Bytes) -> Result<Bytes, Failure> {
        let post = self
            .http
            .post(self.destination.url.clone())
            .headers(self.destination.headers.clone())
            .header(CONTENT_TYPE, self.destination.format.content_type())
            .body(body.clone());
        #[cfg(feature = "telemetry")]
        let post = if self.destination.gzip {
            post.header(http::header::CONTENT_ENCODING, "gzip")
        } else {
            post
        };
        answer(post).await
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let runtime = self
            .runtime
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        // It may still look up a name, which can take long; nobody waits for that.
        if let Some(runtime) = runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn answer(post: RequestBuilder) -> Result<Bytes, Failure> {
    let failed = |error| Failure {
        reason: told(error),
        again: Again::After(None),
    };
    let mut response = post.send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        return Err(Failure {
            reason: format!("the collector answered {status}"),
            again: retry::after(status, response.headers()),
        });
    }
    let mut body = Vec::new();
    // The spans have arrived, whatever becomes of the rest of the answer.
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(body))
}

/// An error of the client with its causes, and without the URL.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
