//! Counts what spans and hops cost on the engine: instructions and allocations of the calling thread, once it is
//! warm. A bound is a twentieth above what was counted last; a change that makes less of it moves it down.
//!
//! `cargo bench -p tracing-relay-tests --bench engine` fails where a bound is passed; it counts no instructions where
//! valgrind is not installed, and says so.

use std::hint::black_box;
use std::pin::pin;
use std::process::{Command, ExitCode};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::level_filters::LevelFilter;
use tracing_relay::engine::{Engine, Sampler};
use tracing_relay::{SessionTelemetry, TraceCarrier, request_span, traced};
use tracing_relay_peers::callgrind::{self, Counted};
use tracing_relay_peers::polled::{Yield, block_on};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Calls between two exports.
const CALLS: u64 = 1_000;
/// Calls while the exporter is held, for which the engine makes more room than it needs later.
const WARM_UP: u64 = 5 * CALLS;

/// Whoever has it holds the exporter.
static EXPORTER: Mutex<()> = Mutex::new(());

fn hold_exporter() -> MutexGuard<'static, ()> {
    EXPORTER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an application has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    /// What the zero-allocation bounds are about: spans are not OpenTelemetry's current context.
    Plain,
    /// The defaults.
    Activated,
    /// No trace is recorded.
    Unsampled,
    /// The level is below that of the spans.
    Disabled,
}

/// A call, and what it may cost.
struct Case {
    name: &'static str,
    set: Set,
    /// Makes calls by [`repeat`].
    work: fn(u64),
    instructions: f64,
    allocations: f64,
}

const CASES: [Case; 12] = [
    Case {
        name: "a recorded span",
        set: Set::Plain,
        work: |calls| repeat(calls, step),
        instructions: 1580.0,
        allocations: 0.0,
    },
    Case {
        name: "a recorded async span",
        set: Set::Plain,
        work: |calls| repeat(calls, |number| block_on(step_async(number))),
        instructions: 1690.0,
        allocations: 0.0,
    },
    Case {
        name: "a further poll",
        set: Set::Plain,
        work: |calls| polls(calls, pending),
        instructions: 315.0,
        allocations: 0.0,
    },
    Case {
        name: "a recorded span, activated",
        set: Set::Activated,
        work: |calls| repeat(calls, step),
        instructions: 4400.0,
        allocations: 2.0,
    },
    Case {
        name: "a span that is not sampled",
        set: Set::Unsampled,
        work: |calls| repeat(calls, step),
        instructions: 1040.0,
        allocations: 0.0,
    },
    Case {
        name: "a span below the level",
        set: Set::Disabled,
        work: |calls| repeat(calls, step),
        instructions: 50.0,
        allocations: 0.0,
    },
    Case {
        name: "a span of #[instrument]",
        set: Set::Plain,
        work: |calls| repeat(calls, instrumented),
        instructions: 4200.0,
        allocations: 1.0,
    },
    Case {
        name: "the same, not sampled",
        set: Set::Unsampled,
        work: |calls| repeat(calls, instrumented),
        instructions: 3880.0,
        allocations: 1.0,
    },
    Case {
        name: "capture",
        set: Set::Plain,
        work: |calls| inside(&mut || repeat(calls, |_| TraceCarrier::capture())),
        instructions: 120.0,
        allocations: 0.0,
    },
    Case {
        name: "a hop",
        set: Set::Plain,
        work: |calls| {
            inside(&mut || {
                repeat(calls, |number| {
                    handle(number, black_box(&TraceCarrier::capture()))
                });
            });
        },
        instructions: 1730.0,
        allocations: 0.0,
    },
    Case {
        name: "a span in a session of three",
        set: Set::Plain,
        work: |calls| SESSION.run(|| repeat(calls, step)),
        instructions: 2430.0,
        allocations: 0.0,
    },
    Case {
        name: "a further poll of a session",
        set: Set::Plain,
        work: |calls| polls(calls, |times| SESSION.instrument(pending(times))),
        instructions: 505.0,
        allocations: 0.0,
    },
];

static SESSION: LazyLock<SessionTelemetry> = LazyLock::new(|| {
    SessionTelemetry::new()
        .with("session.id", 7)
        .with("stt.provider", "deepgram")
        .with("onboarding", true)
});

#[traced(fields(number))]
#[inline(never)]
fn step(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(fields(number))]
#[inline(never)]
async fn step_async(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(fields(times))]
async fn pending(times: u64) {
    for _ in 0..times {
        Yield::default().await;
    }
}

#[tracing::instrument(skip_all, fields(number = number))]
#[inline(never)]
fn instrumented(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced]
fn inside(work: &mut dyn FnMut()) {
    work();
}

#[request_span(fields(number))]
#[inline(never)]
fn handle(number: u64, carrier: &TraceCarrier) -> u64 {
    black_box(number).wrapping_mul(3) + u64::from(carrier.is_none())
}

/// The function whose instructions count.
const COUNTED: Counted = Counted::Function("*engine::repeat*");

#[inline(never)]
fn repeat<T>(calls: u64, mut call: impl FnMut(u64) -> T) {
    for number in 0..calls {
        black_box(call(black_box(number)));
    }
}

/// Polls one future, the first and the last time uncounted.
fn polls<F: Future>(calls: u64, pending: fn(u64) -> F) {
    let mut future = pin!(pending(calls + 1));
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    repeat(calls, |_| future.as_mut().poll(&mut context).is_pending());
    assert!(future.as_mut().poll(&mut context).is_ready());
}

/// Drops what it gets.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        drop(hold_exporter());
        Ok(())
    }
}

/// Makes the engine that the case is about the one of this process.
fn set_up(set: Set) -> Engine {
    let engine = Engine::builder()
        .with_exporter(Nowhere)
        .with_context_activation(set == Set::Activated)
        .with_sampler(if set == Set::Unsampled {
            Sampler::AlwaysOff
        } else {
            Sampler::parent_based()
        })
        .build()
        .expect("a thread for the exporter");
    let level = if set == Set::Disabled {
        LevelFilter::WARN
    } else {
        LevelFilter::INFO
    };
    tracing_subscriber::registry()
        .with(engine.filtered_layer(level))
        .init();
    engine
}

fn export(engine: &Engine) {
    assert!(
        engine.flush(Duration::from_secs(30)),
        "the exporter drops all"
    );
}

fn find(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// Runs a case, in the process that callgrind watches.
fn run(case: &Case, calls: u64) {
    let engine = set_up(case.set);
    let mut left = calls;
    while left > 0 {
        let now = left.min(CALLS);
        (case.work)(now);
        export(&engine);
        left -= now;
    }
}

/// The case whose allocations this process is to count.
fn asked_for_allocations() -> Option<String> {
    let mut args = std::env::args().skip(1);
    (args.next()? == ALLOCATIONS).then(|| args.next())?
}

const ALLOCATIONS: &str = "--allocations";

/// Runs a case, and prints the allocations of its calls once everything is warm.
fn count_allocations(case: &Case) {
    let engine = set_up(case.set);
    let held = hold_exporter();
    (case.work)(WARM_UP);
    drop(held);
    export(&engine);
    // The thread's own room came from before.
    (case.work)(CALLS);
    export(&engine);
    let counted = allocation_counter::measure(|| (case.work)(CALLS));
    println!("{}", counted.count_total);
}

/// Allocations of a call, from a process of its own.
#[expect(clippy::cast_precision_loss, reason = "allocations of some calls")]
fn allocations(case: &Case) -> f64 {
    let output = std::env::current_exe()
        .and_then(|program| {
            Command::new(program)
                .args([ALLOCATIONS, case.name])
                .output()
        })
        .expect("this program");
    let text = String::from_utf8_lossy(&output.stdout);
    let counted: u64 = text.trim().parse().unwrap_or_else(|_| {
        panic!(
            "{} does not say how often it allocates: {}",
            case.name,
            String::from_utf8_lossy(&output.stderr)
        )
    });
    counted as f64 / CALLS as f64
}

fn main() -> ExitCode {
    if let Some((name, calls)) = callgrind::watched() {
        find(&name).map_or(ExitCode::FAILURE, |case| {
            run(case, calls);
            ExitCode::SUCCESS
        })
    } else if let Some(name) = asked_for_allocations() {
        find(&name).map_or(ExitCode::FAILURE, |case| {
            count_allocations(case);
            ExitCode::SUCCESS
        })
    } else {
        print_all()
    }
}

/// Prints what the cases cost, and fails where a bound is passed.
fn print_all() -> ExitCode {
    let mut hold = true;
    for case in &CASES {
        let allocations = allocations(case);
        let instructions = callgrind::instructions(case.name, COUNTED, [CALLS, 3 * CALLS]);
        let passed = instructions.is_some_and(|counted| counted > case.instructions)
            || allocations > case.allocations;
        hold &= !passed;
        if instructions.is_none() {
            eprintln!("{}", callgrind::SKIPPED);
        }
        println!(
            "{:28} {:8.1} instructions (at most {}), {allocations} allocations (at most {}){}",
            case.name,
            instructions.unwrap_or(f64::NAN),
            case.instructions,
            case.allocations,
            if passed { ": PASSED" } else { "" },
        );
    }
    if hold {
        return ExitCode::SUCCESS;
    }
    eprintln!("FAILED: a bound is passed");
    ExitCode::FAILURE
}
