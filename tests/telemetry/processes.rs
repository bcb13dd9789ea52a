//! Programs that end without a shutdown, and programs that start others.

use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tracing::Dispatch;
use tracing_relay::engine::QueueLimits;
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{LONG, command_of, is_child};
use crate::collector::Collector;
use crate::received::names;

/// What the child does.
const PROGRAM: &str = "TRACING_RELAY_TEST_PROGRAM";
const TEST: &str = "processes::a_program_with_an_end_of_its_own";

#[traced(name = "telemetry.first")]
fn first() {}

#[traced(name = "telemetry.second")]
fn second() {}

/// What is in a `static` is never dropped.
static KEPT: OnceLock<Telemetry> = OnceLock::new();

/// Runs in the children. On its own it has nothing to do.
#[test]
fn a_program_with_an_end_of_its_own() {
    let program = std::env::var(PROGRAM).unwrap_or_default();
    assert_eq!(is_child(), !program.is_empty());
    if !is_child() {
        return;
    }
    let telemetry = Telemetry::from_env().init().unwrap();
    first();
    match &*program {
        "returns" => {}
        "panics" => panic!("a panic of the program"),
        "exits" => std::process::exit(3),
        "exits-after-flush" => {
            assert!(telemetry.flush(LONG));
            std::process::exit(3);
        }
        "keeps-it" => drop(KEPT.set(telemetry)),
        "leaks-it" => std::mem::forget(telemetry),
        "runs" => assert_passed(&another("returns").output().unwrap()),
        "runs-with-tokio" => {
            let mut command = tokio::process::Command::from(another("returns"));
            let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
            let output = runtime.block_on(async { command.output().await.unwrap() });
            assert_passed(&output);
        }
        other => panic!("{other} is unknown"),
    }
    second();
}

/// The same binary with the environment of this process.
fn another(program: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", TEST, "--nocapture"]);
    command.env(PROGRAM, program);
    command
}

fn assert_passed(output: &Output) {
    let printed = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{log}");
}

/// Runs a program, and gives what came of it. Nothing is exported but where it ends, or asks for it.
fn run(program: &str) -> (Output, Vec<String>) {
    let collector = Collector::start();
    let variables = [
        (PROGRAM, program),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*collector.url()),
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
    ];
    let output = command_of(TEST, &variables).output().unwrap();
    (output, names(&collector.received()))
}

#[test]
fn what_waits_at_a_panic_of_main_is_exported_while_it_unwinds() {
    let (output, names) = run("panics");
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    assert_eq!(names, ["telemetry.first"]);
}

#[test]
fn dropped_at_the_end_of_main_everything_arrives() {
    let (output, names) = run("returns");
    assert_passed(&output);
    assert_eq!(names, ["telemetry.first", "telemetry.second"]);
}

/// As the documentation says: nothing is dropped there, and nobody waits for the exporting thread.
#[test]
fn what_waits_is_lost_where_the_process_ends_without_dropping_it() {
    for (program, status) in [("exits", 3), ("keeps-it", 0), ("leaks-it", 0)] {
        let (output, names) = run(program);
        assert_eq!(output.status.code(), Some(status), "{program} {output:?}");
        assert_eq!(names, [""; 0], "{program}");
    }
    let (output, names) = run("exits-after-flush");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(names, ["telemetry.first"]);
}

#[test]
fn a_process_and_the_one_that_it_starts_export_each_its_own() {
    for program in ["runs", "runs-with-tokio"] {
        let (output, names) = run(program);
        assert_passed(&output);
        let wanted = ["first", "first", "second", "second"].map(|name| format!("telemetry.{name}"));
        assert_eq!(names, wanted, "{program}");
    }
}

/// Locks that another thread holds at a fork stay locked in the child, until it becomes another program.
#[test]
fn processes_that_start_while_others_record_and_export_all_arrive() {
    const STARTED: usize = 8;
    let collector = Collector::start();
    let mut queue = QueueLimits::default();
    (queue.delay, queue.batch) = (Duration::ZERO, 16);
    let to = OtlpSettings::new(&collector.url()).unwrap();
    let telemetry = Telemetry::builder("starter")
        .with_otlp(to)
        .with_queue(queue)
        .build()
        .unwrap();
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()));
    let goes_on = AtomicBool::new(true);
    let recorded = thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut recorded = 0;
            tracing::dispatcher::with_default(&dispatch, || {
                while goes_on.load(Ordering::Relaxed) {
                    first();
                    recorded += 1;
                    thread::yield_now();
                }
            });
            recorded
        });
        let variables = [
            (PROGRAM, "returns"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*collector.url()),
        ];
        let children: Vec<_> = (0..STARTED)
            .map(|_| {
                let mut command = command_of(TEST, &variables);
                let command = command.stdout(Stdio::null()).stderr(Stdio::null());
                command.spawn().unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        goes_on.store(false, Ordering::Relaxed);
        load.join().unwrap()
    });
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(telemetry.statistics().exported, recorded);
    let names = names(&collector.received());
    let seconds = names.iter().filter(|name| *name == "telemetry.second");
    assert_eq!(seconds.count(), STARTED);
    assert_eq!(
        names.len(),
        2 * STARTED + usize::try_from(recorded).unwrap()
    );
}
