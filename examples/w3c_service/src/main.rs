//! A service for checks of trace propagation, for our own tests and for the test harness of the
//! [W3C](https://github.com/w3c/trace-context/tree/main/test).
//!
//! It is told which URLs to call, calls them inside the trace of the request, and answers with the
//! ids of its own span:
//!
//! ```text
//! POST /test   [{"url": "http://127.0.0.1:4000/callback", "arguments": []}]
//! 200          {"trace_id": "…", "span_id": "…", "parent_span_id": null, "sampled": true, "tracestate": null, "baggage": null}
//! ```
//!
//! It calls whatever it is told to: do not let strangers reach it.

mod callback;
mod service;
mod telemetry;

use std::io::Write as _;
use std::net::SocketAddr;

use clap::Parser;
use telemetry::{Engine, Telemetry};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Calls the URLs that a request lists, inside the trace of the request.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one. The first line on stdout is the address.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,

    /// Stop when stdin ends, so that the service does not outlive the program that started it.
    #[arg(long)]
    until_stdin_ends: bool,

    /// Print each span to stdout when it ends, as a line of JSON.
    #[arg(long)]
    spans: bool,

    /// What records the spans.
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    engine: Engine,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let telemetry = Telemetry::install(arguments.engine, arguments.spans)?;
    let listener = TcpListener::bind(arguments.addr).await?;
    // Not `println!`: that whoever started the service does not read is no reason to end it.
    writeln!(std::io::stdout(), "{}", listener.local_addr()?).ok();

    let router = service::router().map_err(std::io::Error::other)?;
    axum::serve(listener, router)
        .with_graceful_shutdown(told_to_stop(arguments.until_stdin_ends))
        .await?;
    telemetry.shutdown()
}

/// Resolves when the service is to finish what it has begun and stop.
async fn told_to_stop(until_stdin_ends: bool) {
    let stdin = end_of_stdin(until_stdin_ends);
    tokio::select! {
        () = interrupted() => {}
        () = terminated() => {}
        // Without the option the sender is gone, and so is this branch.
        Ok(()) = stdin => {}
    }
}

/// Resolves at ctrl-c; never, where ctrl-c cannot be listened to.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Gets a message when stdin ends. It is read on a thread of its own, because the runtime would
/// wait for one of its threads at the end.
fn end_of_stdin(wanted: bool) -> oneshot::Receiver<()> {
    let (ended, told) = oneshot::channel();
    if wanted {
        std::thread::spawn(move || {
            // An error ends it as well.
            std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()).ok();
            ended.send(()).ok();
        });
    }
    told
}
