//! Plays a session, and draws and checks what came of it.

use std::error::Error;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use app_server::client::Client;
use app_server::collector::{Collector, SpanRecord};
use app_server::forest::Forest;
use app_server::processes;
use app_server::session;
use app_server::telemetry::{Engine, Export, Telemetry};
use app_server::transport::{Transport, websocket};
use http::uri::Authority;
use tokio::task::JoinSet;

use crate::{cli, shut_down};

/// How long the spans of all processes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Plays the session that is shipped, over both transports.
pub(crate) async fn shipped(engine: Engine) -> Result<(), Box<dyn Error>> {
    let transports = [Transport::Stdio, Transport::WebSocket];
    play_alone(session::SHIPPED, &transports, engine).await
}

pub(crate) async fn play(options: cli::Play, engine: Engine) -> Result<(), Box<dyn Error>> {
    let session = match options.file {
        None => session::SHIPPED.to_vec(),
        Some(file) => read(&file)?,
    };
    match options.ws {
        None => play_alone(&session, &[Transport::Stdio], engine).await,
        Some(server) => play_with(&server, &session, engine).await,
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// Plays a session over one transport after the other, with processes of its own.
async fn play_alone(
    session: &[u8],
    transports: &[Transport],
    engine: Engine,
) -> Result<(), Box<dyn Error>> {
    // The client, the model, and a server for each transport.
    let collector = Collector::start(2 + transports.len()).await?;
    let export = Export {
        engine,
        collector: Some(collector.address()),
    };
    let telemetry = Telemetry::install("client", export)?;
    let program = std::env::current_exe()?;
    let model = processes::Model::start(&program, export).await?;

    let mut out = io::stdout();
    let mut plays = Vec::new();
    let mut began = Vec::new();
    let mut servers = JoinSet::new();
    for &transport in transports {
        writeln!(out, "over {}", transport.as_str())?;
        began.push(SystemTime::now());
        let url = model.url();
        let (server, mut client) =
            processes::Server::start(&program, url, export, transport).await?;
        let played = session::play(&mut client, session, &mut out).await;
        // A process that ends may have to wait for the collector of its user, and nobody waits for it.
        servers.spawn(server.stop(client));
        writeln!(out)?;
        plays.push((transport, played));
    }
    tokio::try_join!(
        all_stopped(servers),
        async { Ok(model.stop().await?) },
        shut_down(telemetry)
    )?;

    let mut spans = collector.finish(PATIENCE).await?;
    let mut problems = Vec::new();
    for (number, (transport, played)) in plays.into_iter().enumerate() {
        let next = began.get(number + 1);
        let before = |span: &mut SpanRecord| {
            next.is_none_or(|next| SystemTime::UNIX_EPOCH + span.start < *next)
        };
        let forest = Forest::new(spans.extract_if(.., before).collect());
        let transport = transport.as_str();
        write!(out, "traces over {transport}\n\n{forest}\n")?;
        match played {
            Ok(played) => {
                let found = forest.problems(transport, &played);
                if found.is_empty() {
                    let requests = played.requests;
                    writeln!(
                        out,
                        "{requests} requests over {transport}, and the trace of each of them is whole.\n"
                    )?;
                }
                problems.extend(found);
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    verdict(&problems)
}

async fn all_stopped(mut servers: JoinSet<io::Result<()>>) -> Result<(), Box<dyn Error>> {
    while let Some(stopped) = servers.join_next().await {
        stopped??;
    }
    Ok(())
}

/// Plays a session with a server that runs already. Its spans are where it sends them.
async fn play_with(
    server: &Authority,
    session: &[u8],
    engine: Engine,
) -> Result<(), Box<dyn Error>> {
    let connection = websocket::connect(server).await;
    let connection =
        connection.map_err(|error| format!("cannot connect to ws://{server}: {error}"))?;
    let mut client = Client::new(connection);
    let collector = Collector::start(1).await?;
    let export = Export {
        engine,
        collector: Some(collector.address()),
    };
    let telemetry = Telemetry::install("client", export)?;

    let mut out = io::stdout();
    let played = session::play(&mut client, session, &mut out).await;
    let closed = client.close().await;
    shut_down(telemetry).await?;

    let forest = Forest::new(collector.finish(PATIENCE).await?);
    write!(
        out,
        "\ntraces as far as this process knows them\n\n{forest}\n"
    )?;
    let played = played?;
    closed?;
    let problems = forest.problems_of_calls(&played);
    if problems.is_empty() {
        let calls = played.calls;
        writeln!(
            out,
            "{calls} calls, each of which began a trace. The rest of it is where ws://{server} sends its spans."
        )?;
    }
    verdict(&problems)
}

fn verdict(problems: &[String]) -> Result<(), Box<dyn Error>> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}
