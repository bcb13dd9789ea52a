//! Serves clients until they have gone, or until the process is told to stop.

use std::error::Error;
use std::io;
use std::pin::pin;

use app_server::core::{self, Core};
use app_server::model_client::ModelClient;
use app_server::processes;
use app_server::server::Server;
use app_server::telemetry::{Engine, Export, Telemetry};
use app_server::transport::lines;
use app_server::transport::websocket::{self, Goodbye};
use http::uri::Authority;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::stop::Stop;
use crate::{cannot_listen, cli, say, shut_down};

/// Submissions that may wait for the core.
const QUEUE: usize = 64;

pub(crate) async fn serve(options: cli::Serve, engine: Engine) -> Result<(), Box<dyn Error>> {
    let stop = Stop::new(options.stop_on_eof)?;
    let listener = match &options.ws {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let export = Export {
        engine,
        collector: options.spans,
    };
    let telemetry = Telemetry::install("server", export)?;
    let program = std::env::current_exe()?;
    let mut own_model = None;
    let model = match &options.model {
        Some(url) => url.as_str(),
        None => own_model
            .insert(processes::Model::start(&program, export).await?)
            .url(),
    };

    let served = serve_all(ModelClient::new(model)?, listener, stop).await;
    let stopped = match own_model {
        Some(model) => model.stop().await,
        None => Ok(()),
    };
    shut_down(telemetry).await?;
    stopped?;
    Ok(served?)
}

async fn listen(address: &Authority) -> Result<TcpListener, String> {
    TcpListener::bind(address.as_str())
        .await
        .map_err(|error| cannot_listen(&format!("ws://{address}"), &error))
}

/// Serves until the end, which is that of the last turn as well.
async fn serve_all(
    model: ModelClient,
    listener: Option<TcpListener>,
    stop: Stop,
) -> io::Result<()> {
    let (core, queue) = Core::new(QUEUE);
    let server = Server::new(core, model.clone());
    let core = tokio::spawn(core::run(queue, model));
    let served = match listener {
        Some(listener) => serve_sockets(&server, listener, stop).await,
        None => serve_stdio(&server, stop).await,
    };
    drop(server);
    core.await?;
    served
}

/// Serves the one client, until it has said all and heard all.
async fn serve_stdio(server: &Server, stop: Stop) -> io::Result<()> {
    let connection = lines(tokio::io::stdin(), tokio::io::stdout());
    tokio::select! {
        served = server.serve(1, connection) => served,
        () = stop.asked() => Ok(()),
    }
}

/// Serves whoever connects, until the process is to stop.
async fn serve_sockets(server: &Server, mut listener: TcpListener, stop: Stop) -> io::Result<()> {
    let address = websocket::url(listener.local_addr()?);
    say(format_args!("{}{address}", processes::LISTENING))?;
    let stopping = CancellationToken::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop.asked());
    for number in 1.. {
        // Goes on after an error, which is that of one client or passes.
        let (stream, _) = tokio::select! {
            accepted = axum::serve::Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        connections.spawn(serve_socket(
            server.clone(),
            number,
            stream,
            stopping.clone(),
        ));
        // What became of connections that have ended is not wanted, and not kept either.
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    stopping.cancel();
    while connections.join_next().await.is_some() {}
    Ok(())
}

/// Serves a client. What is wrong with it is not the server's concern, and the client is told.
async fn serve_socket(server: Server, number: u64, stream: TcpStream, stopping: CancellationToken) {
    let accepted = stopping.run_until_cancelled(websocket::accept(stream));
    let Some(Ok((connection, closer))) = accepted.await else {
        return;
    };
    let goodbye = tokio::select! {
        _ = server.serve(number, connection) => Goodbye::Done,
        () = stopping.cancelled() => Goodbye::Stopping,
    };
    closer.close(goodbye).await;
}
