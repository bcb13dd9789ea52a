//! The child processes of the demo. They end when the demo does: each of them reads to the end of
//! its standard input, and is killed where it does not stop.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tracing_relay::env::CommandTraceExt as _;

use crate::client::Client;
use crate::transport::lines;

/// What the model says before its address.
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
    pub async fn start(program: &Path, spans: SocketAddr) -> io::Result<Self> {
        let mut child = command(program, spans)
            .args(["model", "--addr", "127.0.0.1:0", "--stop-on-eof"])
            .spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await??;
        let url = line
            .as_deref()
            .and_then(|line| line.strip_prefix(LISTENING))
            .ok_or_else(|| io::Error::other("the model did not say where it listens"))?;
        let url = url.to_owned();
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
    pub fn start(program: &Path, model_url: &str, spans: SocketAddr) -> io::Result<(Self, Client)> {
        let mut child = command(program, spans)
            .args(["serve", "--model", model_url])
            .spawn()?;
        let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Self(child), Client::new(lines(stdout, stdin))))
    }

    /// Closes the connection and waits until the server has stopped, whose spans are exported then.
    ///
    /// # Errors
    ///
    /// When it does not stop, or reports a failure.
    pub async fn stop(self, client: Client) -> io::Result<()> {
        drop(client);
        wait("the server", self.0).await
    }
}

/// The processes serve whoever connects to them, so they are not part of the trace that this process
/// may have been started in.
fn command(program: &Path, spans: SocketAddr) -> Command {
    let mut command = Command::new(program);
    command
        .carry_context(None)
        .arg(format!("--spans={spans}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn wait(who: &str, mut child: Child) -> io::Result<()> {
    let status = timeout(PATIENCE, child.wait()).await??;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{who} ended with {status}")))
    }
}
