//! The child processes of the demo. They end when the demo does: each of them reads to the end of
//! its standard input, and is killed where it does not stop.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use tracing_relay::env::CommandTraceExt as _;

use crate::client::Client;
use crate::telemetry::Export;
use crate::transport::{Transport, lines, websocket};

/// What a process says before its address.
pub const LISTENING: &str = "listening on ";

/// How long a process may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A model that runs.
#[derive(Debug)]
pub struct Model {
    child: Child,
    url: String,
}

impl Model {
    /// Starts the model and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn start(program: &Path, export: Export) -> io::Result<Self> {
        let mut child = command(program, "model", export)
            .args(["--addr=127.0.0.1:0", "--stop-on-eof"])
            .spawn()?;
        let url = address("the model", &mut child).await?;
        Ok(Self { child, url })
    }

    /// Where the model listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the model, whose spans are exported then.
    ///
    /// # Errors
    ///
    /// When it does not stop, or reports a failure.
    pub async fn stop(mut self) -> io::Result<()> {
        drop(self.child.stdin.take());
        wait("the model", self.child).await
    }
}

/// A server that runs.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Starts a server that asks this model, and connects to it.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub async fn start(
        program: &Path,
        model_url: &str,
        export: Export,
        transport: Transport,
    ) -> io::Result<(Self, Client)> {
        let mut command = command(program, "serve", export);
        command.args(["--model", model_url]);
        match transport {
            Transport::Stdio => {
                let mut child = command.spawn()?;
                let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
                let connection = lines(stdout(&mut child)?, stdin);
                Ok((Self(child), Client::new(connection)))
            }
            Transport::WebSocket => {
                let mut child = command
                    .args(["--ws=127.0.0.1:0", "--stop-on-eof"])
                    .spawn()?;
                let url = address("the server", &mut child).await?;
                let server = websocket::authority(&url).map_err(io::Error::other)?;
                let connection = websocket::connect(&server).await?;
                Ok((Self(child), Client::new(connection)))
            }
        }
    }

    /// Closes the connection and waits until the server has stopped, whose spans are exported then.
    ///
    /// # Errors
    ///
    /// When it does not stop, or reports a failure.
    pub async fn stop(mut self, client: Client) -> io::Result<()> {
        // What is wrong with the connection shows in the session, or in how the server ends.
        let _ = client.close().await;
        drop(self.0.stdin.take());
        wait("the server", self.0).await
    }
}

/// The processes serve whoever connects to them, so they are not part of the trace that this process
/// may have been started in.
fn command(program: &Path, subcommand: &str, export: Export) -> Command {
    let mut command = Command::new(program);
    command
        .carry_context(None)
        .arg(subcommand)
        .arg(format!("--engine={}", export.engine.as_str()))
        .args(
            export
                .collector
                .map(|collector| format!("--spans={collector}")),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn stdout(child: &mut Child) -> io::Result<ChildStdout> {
    Ok(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?)
}

/// Where a process says that it listens.
async fn address(who: &str, child: &mut Child) -> io::Result<String> {
    let mut lines = BufReader::new(stdout(child)?).lines();
    let line = timeout(PATIENCE, lines.next_line()).await;
    let line = line.unwrap_or(Ok(None))?;
    let address = line
        .as_deref()
        .and_then(|line| line.strip_prefix(LISTENING));
    let address =
        address.ok_or_else(|| io::Error::other(format!("{who} did not say where it listens")))?;
    Ok(address.to_owned())
}

async fn wait(who: &str, mut child: Child) -> io::Result<()> {
    let ended = timeout(PATIENCE, child.wait()).await;
    let status = ended.map_err(|_| io::Error::other(format!("{who} does not end")))??;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{who} ended with {status}")))
    }
}
