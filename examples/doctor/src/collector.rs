//! Collectors of this machine that do something wrong.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::DATE;
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// What a collector answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Status(StatusCode),
    /// All is well, at a time that is wrong by an hour.
    Earlier,
    /// None.
    Nothing,
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Collector {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Collector {
    pub(crate) fn that_answers(answer: Answer) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(move || respond(answer));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            address,
            _runtime: runtime,
        })
    }

    /// Its address behind a scheme.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }
}

async fn respond(answer: Answer) -> Response {
    match answer {
        Answer::Status(status) => status.into_response(),
        Answer::Earlier => {
            let earlier = SystemTime::now() - Duration::from_secs(60 * 60);
            [(DATE, httpdate::fmt_http_date(earlier))].into_response()
        }
        Answer::Nothing => std::future::pending().await,
    }
}
