//! Plays a session of JSON-RPC with a server and a model in processes of their own, and draws the
//! traces. See the README beside this file.

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use app_server::collector::Collector;
use app_server::core::{self, Core};
use app_server::forest::Forest;
use app_server::model_client::ModelClient;
use app_server::telemetry::Telemetry;
use app_server::transport::lines;
use app_server::{model, processes, server, session};
use clap::{Parser, Subcommand};
use tokio::io::AsyncReadExt as _;

/// Submissions that may wait for the core.
const QUEUE: usize = 64;

/// How long the spans of all processes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON-RPC server, its client and its model: three processes, one trace.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where to send spans, as JSON lines; without it there are none.
    #[arg(long, global = true, value_name = "ADDRESS")]
    spans: Option<SocketAddr>,
}

#[derive(Subcommand)]
enum Command {
    /// Play a session and draw its traces; the default, with the shipped session.
    Play {
        /// A file with a JSON-RPC message on each line.
        file: Option<PathBuf>,
    },
    /// Serve JSON-RPC on standard input and output.
    Serve {
        /// Where the model listens.
        #[arg(long, value_name = "URL")]
        model: String,
    },
    /// Serve a model over HTTP.
    Model {
        /// Where to listen; port 0 is any free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        addr: SocketAddr,
        /// Stop when standard input ends.
        #[arg(long)]
        stop_on_eof: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command, spans } = Cli::parse();
    let outcome = match command {
        None => play(None).await,
        Some(Command::Play { file }) => play(file).await,
        Some(Command::Serve { model }) => serve(&model, spans).await,
        Some(Command::Model { addr, stop_on_eof }) => serve_model(addr, stop_on_eof, spans).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn play(file: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let session = match file {
        None => session::SHIPPED.to_vec(),
        Some(file) => std::fs::read(&file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?,
    };
    let collector = Collector::start(3).await?;
    let spans = collector.address();
    let telemetry = Telemetry::install("client", Some(spans))?;

    let program = std::env::current_exe()?;
    let model = processes::Model::start(&program, spans).await?;
    let (server, mut client) = processes::Server::start(&program, model.url(), spans)?;
    let mut out = std::io::stdout();
    let played = session::play(&mut client, &session, &mut out).await;
    server.stop(client).await?;
    model.stop().await?;
    shut_down(telemetry).await?;

    let forest = Forest::new(collector.finish(PATIENCE).await?);
    write!(out, "\n{forest}")?;
    let played = played?;
    let problems = forest.problems(&played);
    if problems.is_empty() {
        let requests = played.requests;
        writeln!(
            out,
            "\n{requests} requests, and the trace of each of them is whole."
        )?;
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

async fn serve(model: &str, spans: Option<SocketAddr>) -> Result<(), Box<dyn Error>> {
    let telemetry = Telemetry::install("server", spans)?;
    let (core, queue) = Core::new(QUEUE);
    let model = ModelClient::new(model)?;
    let server = server::Server::new(core, model.clone());
    let core = tokio::spawn(core::run(queue, model));
    let connection = lines(tokio::io::stdin(), tokio::io::stdout());
    let result = server.serve(1, connection).await;
    drop(server);
    if result.is_err() {
        // Nobody is there any more to hear of the turns that still run.
        core.abort();
    }
    if let Err(error) = core.await
        && error.is_panic()
    {
        return Err(error.into());
    }
    shut_down(telemetry).await?;
    Ok(result?)
}

async fn serve_model(
    addr: SocketAddr,
    stop_on_eof: bool,
    spans: Option<SocketAddr>,
) -> Result<(), Box<dyn Error>> {
    let telemetry = Telemetry::install("model", spans)?;
    let listener = tokio::net::TcpListener::bind(addr).await?;
    println!("{}http://{}", processes::LISTENING, listener.local_addr()?);
    let served = axum::serve(listener, model::router())
        .with_graceful_shutdown(stopped(stop_on_eof))
        .await;
    shut_down(telemetry).await?;
    Ok(served?)
}

/// Resolves when standard input has ended, if that is to be the end.
async fn stopped(on_eof: bool) {
    if on_eof {
        let mut ignored = Vec::new();
        // Input that cannot be read is at its end too.
        let _ = tokio::io::stdin().read_to_end(&mut ignored).await;
    } else {
        std::future::pending::<()>().await;
    }
}

/// Not on a thread of the runtime, which may be the one that the collector needs.
async fn shut_down(telemetry: Telemetry) -> Result<(), Box<dyn Error>> {
    let shutdown = move || telemetry.shutdown().map_err(|error| error.to_string());
    Ok(tokio::task::spawn_blocking(shutdown).await??)
}
