//! [`Client`]: sends to one destination, and tries again what is worth it.
//!
//! The requests are made on the exporting thread itself, by a runtime that runs nowhere else. So what the client does is
//! neither on a thread of the application nor seen by a subscriber of it, and nobody ever waits for a thread of the client.

use std::error::Error;
use std::io;
#[cfg(feature = "telemetry")]
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use backon::Retryable as _;
use http::header::CONTENT_TYPE;
use prost::bytes::Bytes;
use reqwest::{Response, redirect};
use tokio::runtime::Runtime;
use tokio::{task, time};

use super::body::Format;
#[cfg(feature = "grpc")]
use super::grpc;
use super::retry::{self, Again, Failure};
use super::tls;
#[cfg(feature = "telemetry")]
use super::witness::{Outcome, Witness};
use super::{Destination, Protocol};
use crate::scope::is_loopback;

/// More of an answer is not read.
const LONGEST_ANSWER: usize = 1 << 16;

pub(super) struct Client {
    destination: Destination,
    http: reqwest::Client,
    /// Made by the first request, on the thread that all of them are made on.
    runtime: Mutex<Option<Runtime>>,
    #[cfg(feature = "telemetry")]
    witness: Arc<Witness>,
}

impl Client {
    pub(super) fn new(destination: Destination) -> io::Result<Self> {
        let tls = tls::config(&destination)
            .map_err(|error| io::Error::other(format!("TLS cannot be set up: {error}")))?;
        let plain = destination.url.scheme() == "http";
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!plain)
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("tracing-relay/", env!("CARGO_PKG_VERSION")));
        let near = destination.url.host_str().is_some_and(is_loopback);
        let proxied = match destination.protocol {
            Protocol::Http(_) => {
                client = client.http1_only();
                !(plain && near)
            }
            // A proxy passes on a tunnel, and not HTTP/2 in the clear.
            #[cfg(feature = "grpc")]
            Protocol::Grpc => {
                client = client.http2_prior_knowledge();
                !plain
            }
        };
        if !proxied {
            client = client.no_proxy();
        }
        Ok(Self {
            http: client
                .build()
                .map_err(|error| io::Error::other(told(error)))?,
            destination,
            runtime: Mutex::default(),
            #[cfg(feature = "telemetry")]
            witness: Arc::default(),
        })
    }

    pub(super) const fn destination(&self) -> &Destination {
        &self.destination
    }

    #[cfg(feature = "telemetry")]
    pub(super) const fn witness(&self) -> &Arc<Witness> {
        &self.witness
    }

    /// Posts a body, and gives that of the answer. On a thread without a runtime.
    pub(super) fn post(&self, format: Format, body: &Bytes) -> Result<Bytes, String> {
        self.deliver(|| self.once(format, body))
    }

    /// Calls a method over gRPC, and gives the answer. On a thread without a runtime.
    #[cfg(feature = "grpc")]
    pub(super) fn call(&self, method: &'static str, message: &Bytes) -> Result<Bytes, String> {
        self.deliver(async || {
            let answer = grpc::call(&self.http, &self.destination, method, message).await;
            let outcome = answer
                .as_ref()
                .map_or_else(grpc::outcome, |_| Outcome::Taken);
            self.witness.note(outcome);
            answer.map_err(|status| grpc::failure(&status))
        })
    }

    /// One batch, within its time.
    fn deliver<F>(&self, once: impl Fn() -> F) -> Result<Bytes, String>
    where
        F: Future<Output = Result<Bytes, Failure>>,
    {
        let mut slot = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = match &mut *slot {
            Some(runtime) => runtime,
            none => none.insert(runtime().map_err(|error| error.to_string())?),
        };
        let timeout = self.destination.timeout;
        let start = Instant::now();
        let mut last = None;
        let delivery = once
            .retry(retry::policy())
            .when(Failure::may_pass)
            .adjust(|failure: &Failure, wait| {
                let left = timeout.saturating_sub(start.elapsed());
                Some(failure.no_sooner(wait?)).filter(|wait| *wait < left)
            })
            .notify(|failure: &Failure, _| last = Some(failure.reason.clone()));
        let delivered = runtime.block_on(async {
            // The connections learn what became of them since the last batch.
            task::yield_now().await;
            time::timeout(timeout, delivery).await
        });
        match delivered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(failure)) => Err(failure.reason),
            Err(_) => {
                // A connection of HTTP/2 outlives a request that it keeps waiting; the next batch gets another one.
                if let Some(runtime) = slot.take() {
                    runtime.shutdown_background();
                }
                #[cfg(feature = "telemetry")]
                if last.is_none() {
                    self.witness.note(Outcome::Silent(timeout));
                }
                Err(last.unwrap_or_else(|| format!("the collector did not answer in {timeout:?}")))
            }
        }
    }

    async fn once(&self, format: Format, body: &Bytes) -> Result<Bytes, Failure> {
        let post = self
            .http
            .post(self.destination.url.clone())
            .headers(self.destination.headers.clone())
            .header(CONTENT_TYPE, format.content_type())
            .body(body.clone());
        #[cfg(feature = "telemetry")]
        let post = if self.destination.gzip {
            post.header(http::header::CONTENT_ENCODING, "gzip")
        } else {
            post
        };
        #[cfg(feature = "telemetry")]
        let sent = SystemTime::now();
        let response = post.send().await.map_err(|error| {
            let reason = told(error);
            #[cfg(feature = "telemetry")]
            self.witness.note(Outcome::Unreachable(reason.clone()));
            Failure {
                reason,
                again: Again::After(None),
            }
        })?;
        #[cfg(feature = "telemetry")]
        self.witness
            .answered(response.status(), response.headers(), sent);
        read(response).await
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

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}

/// What an answer says.
async fn read(mut response: Response) -> Result<Bytes, Failure> {
    let status = response.status();
    if !status.is_success() {
        return Err(Failure {
            reason: format!("the collector answered {status}"),
            again: retry::after(status, response.headers(), SystemTime::now()),
        });
    }
    let mut body = Vec::new();
    // The items have arrived, whatever becomes of the rest of the answer.
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(body))
}

/// An error of the client with its causes, and without the URL.
pub(super) fn told(error: reqwest::Error) -> String {
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
