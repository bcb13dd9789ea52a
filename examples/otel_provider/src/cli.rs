//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Plays a short session of an agent, and exports its logs, traces and metrics.
///
/// Without settings the standard variables say where these go: `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
    /// A file with settings, in TOML, instead of the variables.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// The runtime that the session runs in.
    #[arg(long, default_value = "multi")]
    pub(crate) runtime: Flavor,
    /// Threads of the `multi` runtime.
    #[arg(long, default_value = "2")]
    pub(crate) workers: NonZeroUsize,
    /// Where the provider is made and shut down.
    #[arg(long, default_value = "outside")]
    pub(crate) from: Place,
    /// Lets log records have the text of prompts.
    #[arg(long)]
    pub(crate) log_user_prompts: bool,
    /// What the user asks.
    #[arg(long, default_value = "where is the key?")]
    pub(crate) prompt: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Flavor {
    /// Of tokio, on one thread.
    Current,
    /// Of tokio, on several.
    Multi,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Place {
    /// In a task of the runtime.
    Task,
    /// In the future that the runtime blocks on.
    #[value(name = "block_on")]
    BlockOn,
    /// Before the runtime is made, and after it has ended.
    Outside,
}
