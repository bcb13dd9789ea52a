//! The child processes. They end when the one that started them does: the servers read to the end of their
//! standard input.

use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use tracing_relay::env::CommandTraceExt as _;

use crate::telemetry::{DATASET, INGEST_TOKEN, VARIABLES};

/// What a process says before its address.
pub const LISTENING: &str = "listening on ";

/// How long a process may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program, and the collector of the component in it.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The file.
    pub file: &'a Path,
    /// Where the component's spans go, like `http://127.0.0.1:4318`; without it they go nowhere.
    pub product: Option<&'a str>,
}

/// The program with these arguments. It is not part of the trace that this process may have been started in,
/// and of the environment it takes nothing that is about traces.
#[must_use]
pub fn command(program: Program<'_>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.file);
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("OTEL_") || VARIABLES.contains(&&*upper) {
            command.env_remove(name);
        }
    }
    if let Some(product) = program.product {
        let values = [&format!("{product}/v1/traces"), DATASET, INGEST_TOKEN];
        command.envs(VARIABLES.into_iter().zip(values));
    }
    command
        .carry_context(None)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the program with these arguments to its end.
///
/// # Errors
///
/// When it cannot be started, or does not end.
pub async fn run(program: Program<'_>, arguments: &[&str]) -> io::Result<Output> {
    let child = command(program, arguments).spawn()?;
    timeout(PATIENCE, child.wait_with_output()).await?
}

/// A process that serves until it is stopped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn start(program: Program<'_>, arguments: &[&str]) -> io::Result<Self> {
        let mut command = command(program, arguments);
        // Nobody reads what it has to say while it runs.
        let mut child = command.stderr(Stdio::inherit()).spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut output = BufReader::new(stdout);
        let mut line = String::new();
        timeout(PATIENCE, output.read_line(&mut line)).await??;
        let url = line
            .trim_end()
            .strip_prefix(LISTENING)
            .map(ToOwned::to_owned);
        let url = url.ok_or_else(|| io::Error::other("a process did not say where it listens"))?;
        Ok(Self { child, output, url })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it, and returns what else it has said.
    ///
    /// # Errors
    ///
    /// When it does not stop, or reports a failure.
    pub async fn stop(mut self) -> io::Result<String> {
        drop(self.child.stdin.take());
        let mut said = String::new();
        timeout(PATIENCE, self.output.read_to_string(&mut said)).await??;
        let status = timeout(PATIENCE, self.child.wait()).await??;
        if status.success() {
            Ok(said)
        } else {
            Err(io::Error::other(format!("a process ended with {status}")))
        }
    }
}
