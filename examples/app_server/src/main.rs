//! Plays a session of JSON-RPC with a server and a model in processes of their own, and draws the
//! traces. See the README beside this file.

mod cli;
mod play;
mod serve;
mod stop;

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use app_server::telemetry::{Engine, Export, Telemetry};
use app_server::{model, processes};
use clap::Parser as _;
use cli::{Cli, Command};
use stop::Stop;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long requests that have begun may take when the model is to stop.
const GOODBYE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = Runtime::new().map_err(Into::into).and_then(|runtime| {
        let outcome = runtime.block_on(run(cli));
        // Who reads standard input does so on a thread that nobody can stop.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { command, engine }: Cli) -> Result<(), Box<dyn Error>> {
    match command {
        None => play::shipped(engine).await,
        Some(Command::Play(play)) => play::play(play, engine).await,
        Some(Command::Serve(serve)) => serve::serve(serve, engine).await,
        Some(Command::Model(model)) => serve_model(model, engine).await,
    }
}

async fn serve_model(model: cli::Model, engine: Engine) -> Result<(), Box<dyn Error>> {
    let stop = Stop::new(model.stop_on_eof)?;
    let listener = TcpListener::bind(model.addr).await;
    let listener = listener.map_err(|error| cannot_listen(&model.addr.to_string(), &error))?;
    let export = Export {
        engine,
        collector: model.spans,
    };
    let telemetry = Telemetry::install("model", export)?;
    let address = listener.local_addr()?;
    say(format_args!("{}http://{address}", processes::LISTENING))?;
    let routes = model::router_with_pace(Duration::from_millis(model.pace));
    let stopping = CancellationToken::new();
    let goodbye = async {
        stop.asked().await;
        stopping.cancel();
        sleep(GOODBYE).await;
    };
    let serving =
        axum::serve(listener, routes).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = goodbye => Ok(()),
    };
    shut_down(telemetry).await?;
    Ok(served?)
}

fn cannot_listen(address: &str, error: &io::Error) -> String {
    format!("cannot listen on {address}: {error}")
}

/// Says where the process can be reached. Without anybody who listens that is an error, and no panic.
fn say(line: fmt::Arguments<'_>) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// Not on a thread of the runtime, which may be the one that the collector needs.
async fn shut_down(telemetry: Telemetry) -> Result<(), Box<dyn Error>> {
    let shutdown = move || telemetry.shutdown().map_err(|error| error.to_string());
    Ok(tokio::task::spawn_blocking(shutdown).await??)
}
