//! Counts what an annotated function costs where nobody listens: no subscriber and an empty carrier.
//!
//! `cargo bench -p tracing-relay-tests --bench instructions` fails where a bound is passed, and says so
//! where valgrind is not installed.

use std::hint::black_box;
use std::process::ExitCode;

use tracing_relay::{TraceCarrier, request_span};
use tracing_relay_peers::callgrind::{self, Counted};
use tracing_relay_peers::polled::{Yield, block_on};

/// A message of usual size.
#[derive(Clone)]
struct Message {
    number: u64,
    trace: TraceCarrier,
}

impl tracing_relay::CarriesTrace for Message {
    fn extract(&self) -> tracing_relay::Extracted {
        self.trace.extract()
    }

    fn is_empty_carrier(&self) -> bool {
        self.trace.is_empty_carrier()
    }
}

impl tracing_relay::CarriesTraceMut for Message {
    fn inject(&mut self, context: &tracing_relay::TraceContext) {
        self.trace.inject(context);
    }

    fn erase(&mut self) {
        self.trace.erase();
    }
}

#[inline(never)]
fn plain(message: &Message) -> u64 {
    black_box(message.number).wrapping_mul(3)
}

#[request_span(fields(number = message.number))]
#[inline(never)]
fn annotated(message: &Message) -> u64 {
    black_box(message.number).wrapping_mul(3)
}

#[tracing::instrument(skip_all, fields(number = message.number))]
#[inline(never)]
fn instrumented(message: &Message) -> u64 {
    black_box(message.number).wrapping_mul(3)
}

#[inline(never)]
async fn plain_async(message: &Message) -> u64 {
    Yield::default().await;
    black_box(message.number).wrapping_mul(3)
}

#[request_span(fields(number = message.number))]
#[inline(never)]
async fn annotated_async(message: &Message) -> u64 {
    Yield::default().await;
    black_box(message.number).wrapping_mul(3)
}

/// A program has more than one function with this type of result, or the compiler would know the only body that is polled.
#[request_span(fields(number = message.number))]
#[inline(never)]
async fn other_annotated_async(message: &Message) -> u64 {
    Yield::default().await;
    black_box(message.number).wrapping_mul(5)
}

#[tracing::instrument(skip_all, fields(number = message.number))]
#[inline(never)]
async fn instrumented_async(message: &Message) -> u64 {
    Yield::default().await;
    black_box(message.number).wrapping_mul(3)
}

const CASES: [&str; 6] = [
    "plain",
    "annotated",
    "instrumented",
    "plain_async",
    "annotated_async",
    "instrumented_async",
];

/// What an async function may cost more than with `#[tracing::instrument]`: its body is polled through a trait object, so
/// that the compiler has less to do for each.
const MORE: f64 = 25.0;

/// Runs one case, in the process that callgrind watches.
fn run(case: &str, calls: u64) {
    let message = Message {
        number: 7,
        trace: TraceCarrier::none(),
    };
    black_box(block_on(other_annotated_async(&message)));
    for _ in 0..calls {
        let message = black_box(&message);
        black_box(match case {
            "plain" => plain(message),
            "annotated" => annotated(message),
            "instrumented" => instrumented(message),
            "plain_async" => block_on(plain_async(message)),
            "annotated_async" => block_on(annotated_async(message)),
            "instrumented_async" => block_on(instrumented_async(message)),
            other => panic!("there is no case {other}"),
        });
    }
}

fn main() -> ExitCode {
    if let Some((case, calls)) = callgrind::watched() {
        run(&case, calls);
        return ExitCode::SUCCESS;
    }
    let mut costs = Vec::new();
    for case in CASES {
        let Some(cost) = callgrind::instructions(case, Counted::Process, [1_000, 3_000]) else {
            eprintln!("{}", callgrind::SKIPPED);
            return ExitCode::SUCCESS;
        };
        println!("{case:28} {cost:8.1} instructions a call");
        costs.push(cost);
    }
    let [plain, ours, theirs, plain_async, ours_async, theirs_async] = costs[..] else {
        unreachable!("one cost a case");
    };
    let sync = ours - plain;
    let asynchronous = ours_async - plain_async;
    let instrument = theirs_async - plain_async;
    println!(
        "#[request_span] adds {sync:.1} to a function (at most 30; #[instrument]: {:.1})",
        theirs - plain
    );
    println!(
        "#[request_span] adds {asynchronous:.1} to an async function (at most {MORE} more than #[instrument]: {instrument:.1})"
    );
    if sync > 30.0 || asynchronous > instrument + MORE {
        eprintln!("FAILED: a bound is passed");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
