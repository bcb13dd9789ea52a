//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use app_server::telemetry::Engine;
use app_server::transport::websocket;
use clap::{Args, Parser, Subcommand};
use http::uri::Authority;
use reqwest::Url;

/// A JSON-RPC server, its client and its model: three processes, one trace.
///
/// Without a command it plays the session that is shipped with it, first over standard input and
/// output and then over a WebSocket, with processes of its own, and draws the traces.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What records the spans, here and in the processes that this one starts.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "ENGINE",
        default_value_t
    )]
    pub(crate) engine: Engine,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Play(Play),
    Serve(Serve),
    Model(Model),
}

/// Play a session and draw its traces.
///
/// The server and the model are processes of its own, unless `--ws` names a server that runs. The
/// exit code is 0 if each request was answered, no turn failed, and each trace is whole.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Example: app_server play session.jsonl --ws 127.0.0.1:4500\n"
)]
pub(crate) struct Play {
    /// A file with a JSON-RPC message on each line [default: the shipped session].
    pub(crate) file: Option<PathBuf>,
    /// The server to play with, like `ws://127.0.0.1:4500`.
    #[arg(long, value_name = "ADDRESS", value_parser = websocket::authority)]
    pub(crate) ws: Option<Authority>,
}

/// Serve JSON-RPC on standard input and output, or to whoever connects.
///
/// On standard input and output it ends when its input has ended and what was asked for is done. In
/// any case it ends when it is interrupted or terminated: what runs is cancelled, and the spans are
/// exported.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Example: app_server serve --ws 127.0.0.1:4500\n"
)]
pub(crate) struct Serve {
    /// Serve one client on standard input and output; the default.
    #[arg(long, conflicts_with = "ws")]
    pub(crate) stdio: bool,
    /// Serve any number of clients that connect to a WebSocket here; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", value_parser = websocket::authority)]
    pub(crate) ws: Option<Authority>,
    /// Where the model listens; without it the server starts one of its own.
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub(crate) model: Option<Url>,
    /// Stop when standard input ends.
    #[arg(long, requires = "ws")]
    pub(crate) stop_on_eof: bool,
    /// Where to send spans, as JSON lines: the collector of a session that is played.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) spans: Option<SocketAddr>,
}

/// Serve a model over HTTP.
///
/// It ends when it is interrupted or terminated, and what it is saying then may take two seconds.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Example: app_server model --addr 127.0.0.1:8080\n"
)]
pub(crate) struct Model {
    /// Where to listen; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) addr: SocketAddr,
    /// How long it waits before each word.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50)]
    pub(crate) pace: u64,
    /// Stop when standard input ends.
    #[arg(long)]
    pub(crate) stop_on_eof: bool,
    /// Where to send spans, as JSON lines: the collector of a session that is played.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) spans: Option<SocketAddr>,
}

fn http_url(text: &str) -> Result<Url, String> {
    match text.parse::<Url>() {
        Ok(url) if url.scheme() == "http" => Ok(url),
        _ => Err("it has to be like `http://127.0.0.1:8080`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn addresses_may_have_a_scheme() {
        for written in ["ws://localhost:1", "ws://localhost:1/", "localhost:1"] {
            let cli = Cli::try_parse_from(["app_server", "play", "--ws", written]);
            let Some(Command::Play(play)) = cli.expect(written).command else {
                panic!("{written} is for another command");
            };
            assert_eq!(play.ws, Some(Authority::from_static("localhost:1")));
        }
        for wrong in [
            "",
            "localhost",
            "wss://localhost:1",
            "ws://localhost:1/path",
        ] {
            let cli = Cli::try_parse_from(["app_server", "play", "--ws", wrong]);
            assert!(cli.is_err(), "{wrong:?}");
        }
    }
}
