//! What a span takes while it waits for its export: a process holds its exporter, ends spans on one thread, and
//! divides what this thread has allocated since before the set-up, and not freed, by their number. So what a
//! queue takes before the first span is in it too.

use std::process::{Command, ExitCode};

use super::Pipeline;

/// Spans that wait.
pub const WAITING: usize = 60_000;

/// Somebody whose spans can wait.
#[allow(missing_debug_implementations, reason = "all of it is code")]
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Who.
    pub variant: &'static str,
    /// Makes the pipeline, which has room for [`WAITING`] spans.
    pub set_up: fn() -> Pipeline,
    /// Makes a span.
    pub span: fn(),
}

/// Bytes of a waiting span.
pub(super) struct Bytes {
    pub(super) variant: &'static str,
    pub(super) each: f64,
}

/// What the command line of a process says that measures.
pub(super) const FLAG: &str = "--waiting";

/// Measures each in a process of its own.
pub(super) fn run(all: &[&Waiting]) -> Result<Vec<Bytes>, String> {
    all.iter()
        .map(|waiting| {
            eprintln!("Spans that wait: {}", waiting.variant);
            let program = std::env::current_exe().map_err(|error| error.to_string())?;
            let output = Command::new(program)
                .args([FLAG, waiting.variant])
                .output()
                .map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stdout);
            match text.trim().parse() {
                Ok(each) if output.status.success() => Ok(Bytes {
                    variant: waiting.variant,
                    each,
                }),
                _ => Err(format!(
                    "{} does not say what a waiting span takes: {}",
                    waiting.variant,
                    String::from_utf8_lossy(&output.stderr)
                )),
            }
        })
        .collect()
}

/// Measures in this process.
#[allow(
    clippy::cast_precision_loss,
    reason = "some million bytes of some thousand spans"
)]
pub(super) fn measure(waiting: &Waiting) -> ExitCode {
    let mut made = None;
    let allocated = allocation_counter::measure(|| {
        let pipeline = (waiting.set_up)();
        pipeline.sink().hold();
        (waiting.span)();
        // It is on its way, and what comes now waits behind it.
        pipeline.sink().until_held();
        for _ in 0..WAITING {
            (waiting.span)();
        }
        made = Some(pipeline);
    });
    let Some(pipeline) = made else {
        return ExitCode::FAILURE;
    };
    pipeline.sink().release();
    if !all_arrive(waiting, &pipeline) {
        eprintln!("only {} spans are exported", pipeline.exported());
        return ExitCode::FAILURE;
    }
    println!("{:.1}", allocated.bytes_current as f64 / WAITING as f64);
    ExitCode::SUCCESS
}

/// Whether what waited is exported. Of fastrace a part waits for the next span of its thread.
fn all_arrive(waiting: &Waiting, pipeline: &Pipeline) -> bool {
    (0..100).any(|_| {
        pipeline.flush();
        let arrived = pipeline.exported() > WAITING as u64;
        if !arrived {
            (waiting.span)();
        }
        arrived
    })
}

/// Prints the table.
pub(super) fn print(all: &[Bytes]) {
    println!("\n### Spans that wait\n");
    println!("| variant | bytes of a span with 5 fields |");
    println!("| --- | ---: |");
    for bytes in all {
        println!("| {} | {:.0} |", bytes.variant, bytes.each);
    }
}
