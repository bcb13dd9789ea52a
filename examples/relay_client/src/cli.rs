//! The command line.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use relay_client::surface::Surface;

/// A component that traces its own operations, inside applications that trace theirs.
///
/// Where the component sends its spans is said by `T3CODE_RELAY_CLIENT_OTLP_TRACES_URL`, `_DATASET` and `_TOKEN`.
///
/// Without a command it runs a server of the relay, an application on each surface and two collectors, all of them
/// processes of its own, draws both datasets beside each other, and fails if an id is in both.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Do not install the component's scopes: its operations are spans of the applications.
    #[arg(long)]
    pub(crate) without_scopes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take spans over OTLP until standard input ends, and print them as JSON.
    Collect,
    /// Serve the relay until standard input ends.
    Broker(Broker),
    /// Be an application that uses the relay, and print what came of it as JSON.
    Host(Host),
}

#[derive(Debug, Args)]
pub(crate) struct Broker {
    #[command(flatten)]
    pub(crate) export: Export,
    /// What the user says to be known.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) login: String,
}

#[derive(Debug, Args)]
pub(crate) struct Host {
    #[command(flatten)]
    pub(crate) export: Export,
    /// What the user says to be known.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) login: String,
    /// The relay, like `http://127.0.0.1:4500`.
    #[arg(long, value_name = "URL")]
    pub(crate) relay: String,
    /// Which application it is.
    #[arg(long, value_enum)]
    pub(crate) surface: Surface,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Export {
    /// The collector of the application, like `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    pub(crate) traces: String,
    /// How long the component's collector may take, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value = "5000", value_parser = milliseconds)]
    pub(crate) patience: Duration,
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
