//! Runs a component that traces its own operations inside applications that trace theirs, all in processes of
//! their own, and draws both datasets. See the README beside this file.

mod cli;
mod commands;
mod demo;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Command};
use tokio::runtime::Builder;

/// Threads of a process, so that its work is interleaved.
const WORKERS: usize = 4;

fn main() -> ExitCode {
    let Cli {
        command,
        without_scopes,
    } = Cli::parse();
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| {
        let outcome = runtime.block_on(async {
            match command {
                None => demo::play(!without_scopes).await,
                Some(Command::Collect) => commands::collect().await,
                Some(Command::Broker(options)) => commands::broker(options).await,
                Some(Command::Host(options)) => commands::host(options).await,
            }
        });
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
