//! Plays a short session of an agent, and exports what it tells. See the README beside this file.

mod cli;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Flavor, Place};
use otel_provider::agent::Agent;
use otel_provider::{
    OtelProvider, OtelSettings, SessionMetadata, SessionTelemetry, current_span_w3c_trace_context,
};
use tokio::runtime::{Builder, Runtime};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

/// What may be wrong, also in a task.
type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.from {
        Place::Outside => {
            let provider = set_up(&cli)?;
            runtime(&cli)?.block_on(session(&cli));
            shut_down(provider.as_ref());
            Ok(())
        }
        Place::BlockOn => runtime(&cli)?.block_on(whole(cli)),
        Place::Task => {
            let runtime = runtime(&cli)?;
            runtime.block_on(async { tokio::spawn(whole(cli)).await? })
        }
    }
}

fn runtime(cli: &Cli) -> Result<Runtime, Failure> {
    let mut builder = match cli.runtime {
        Flavor::Current => Builder::new_current_thread(),
        Flavor::Multi => Builder::new_multi_thread(),
    };
    Ok(builder.worker_threads(cli.workers.get()).build()?)
}

/// Set up, used and shut down in one future. The shutdown blocks the thread that it is on, for five seconds at most.
async fn whole(cli: Cli) -> Result<(), Failure> {
    let provider = set_up(&cli)?;
    session(&cli).await;
    shut_down(provider.as_ref());
    Ok(())
}

fn set_up(cli: &Cli) -> Result<Option<OtelProvider>, Failure> {
    let provider = match &cli.settings {
        None => Some(OtelProvider::from_env()?),
        Some(file) => {
            let settings: OtelSettings = toml::from_str(&fs::read_to_string(file)?)?;
            OtelProvider::from(&settings)?
        }
    };
    if let Some(provider) = &provider {
        for warning in provider.warnings() {
            eprintln!("warning: {warning}");
        }
        let subscriber = tracing_subscriber::registry()
            .with(provider.tracing_layer())
            .with(provider.logger_layer());
        tracing::subscriber::set_global_default(subscriber)?;
    }
    Ok(provider)
}

async fn session(cli: &Cli) {
    let telemetry = SessionTelemetry::new(SessionMetadata {
        conversation_id: format!("conversation-{}", std::process::id()),
        model: "example-1".into(),
        auth_mode: Some("api-key".into()),
        originator: "otel_provider".into(),
        terminal: std::env::var("TERM").unwrap_or_default(),
        log_user_prompts: cli.log_user_prompts,
    });
    play(telemetry, &cli.prompt).await;
}

#[traced(name = "agent.session", session = telemetry)]
async fn play(telemetry: SessionTelemetry, prompt: &str) {
    match current_span_w3c_trace_context() {
        Some(context) => println!("trace: {}", context.trace_id()),
        None => println!("trace: none"),
    }
    let failed = Agent::new(telemetry).turn(prompt).await;
    println!("tools that failed: {failed}");
}

fn shut_down(provider: Option<&OtelProvider>) {
    match provider.map(OtelProvider::shutdown) {
        None => println!("exported: nothing, as the settings say"),
        Some(Ok(())) => println!("lost: nothing"),
        Some(Err(lost)) => println!("lost: {lost}"),
    }
}
