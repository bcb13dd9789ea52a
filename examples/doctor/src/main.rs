//! What the doctor says: about what the environment sets, or about a set-up that is wrong in a way of your choice.
//!
//! ```text
//! cargo run -p doctor                                    # what the standard variables say
//! cargo run -p doctor -- --fault reload                  # one fault; `--help` lists them
//! RUST_LOG=warn cargo run -p doctor -- --fault directive
//! ```
//!
//! It ends with status 1 where something is wrong.

mod collector;
mod faults;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use faults::Fault;
use tracing_relay::doctor::{Diagnosis, Examination};
use tracing_relay::telemetry::Telemetry;

/// Says in words why there would be no traces.
#[derive(Debug, Parser)]
struct Arguments {
    /// Set it up wrongly in this way. Without it, it is set up as the standard variables say.
    #[arg(long, value_enum)]
    fault: Option<Fault>,

    /// How long the delivery of the probe may take, in seconds.
    #[arg(long, default_value_t = 5)]
    timeout: u64,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let examination = Examination::new().with_timeout(Duration::from_secs(arguments.timeout));
    let diagnosis = match arguments.fault {
        None => environment(examination)?,
        Some(fault) => fault.examine(examination)?,
    };
    // Not `println!`: that whoever started it does not read is no reason to panic.
    writeln!(std::io::stdout(), "{diagnosis}").ok();
    let is_healthy = diagnosis.is_healthy();
    Ok(ExitCode::from(u8::from(!is_healthy)))
}

/// What a service with one line of set-up gets.
fn environment(examination: Examination) -> Result<Diagnosis, Box<dyn Error>> {
    let telemetry = Telemetry::from_env().init()?;
    telemetry.print_settings();
    let diagnosis = telemetry.examine(examination);
    // What was not delivered is in the diagnosis.
    let _ = telemetry.shutdown(Duration::ZERO);
    Ok(diagnosis)
}
