//! `cargo bench -p tracing-relay-peers --features losses` finds out which spans get lost on their way to a collector:
//! spans with five fields from two threads, over OTLP (HTTP and protobuf) to a collector on this machine, which counts
//! them. Each engine has a process of its own and its default settings.

mod collector;
mod load;
mod pipelines;

use std::process::{Command, ExitCode};

use collector::Collector;
use load::{Load, Report};
use pipelines::Engine;

/// What a loaded process is told.
const WORKER: &str = "--worker";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.as_slice() {
        [flag, engine, load, endpoint] if flag == WORKER => work(engine, load, endpoint),
        parts => print_table(parts),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("FAILED: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn work(engine: &str, load: &str, endpoint: &str) -> Result<(), String> {
    let engine = Engine::ALL
        .into_iter()
        .find(|known| known.name() == engine)
        .ok_or("there is no such engine")?;
    let load = Load::ALL
        .into_iter()
        .find(|known| known.name == load)
        .ok_or("there is no such load")?;
    let pipeline = engine.install(endpoint)?;
    println!("{}", load.run(&pipeline));
    Ok(())
}

/// The rows that have all these parts in their names.
fn print_table(parts: &[String]) -> Result<(), String> {
    // What cargo adds begins with dashes.
    let is_wanted = |row: &str| {
        let mut wanted = parts.iter().filter(|part| !part.starts_with("--"));
        wanted.all(|part| row.contains(part))
    };
    println!(
        "| load | engine | spans | made, 1/s | lost | counted as lost | CPU, µs a span | RSS at most, MiB |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    for load in Load::ALL {
        for engine in Engine::ALL {
            if !is_wanted(&format!("{}/{}", load.name, engine.name())) {
                continue;
            }
            let collector = Collector::start().map_err(|error| error.to_string())?;
            let output = Command::new(&program)
                .args([WORKER, engine.name(), load.name, &collector.endpoint()])
                .output()
                .map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stdout);
            let report = Report::read(text.trim())
                .ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
            println!("{}", report.row(load, engine.name(), collector.spans()));
        }
    }
    Ok(())
}
