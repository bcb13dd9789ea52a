//! `shutdown_on_signals`: spans arrive, and then the signal does what it would have done.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tracing_relay::metrics::Counter;
use tracing_relay::telemetry::Telemetry;
use tracing_relay::traced;

use crate::child::{LONG, command_of, is_child};
use crate::collector::Collector;
use crate::received::names;

/// What the child does: some words.
const PROGRAM: &str = "TRACING_RELAY_TEST_PROGRAM";
/// For how many milliseconds a signal waits for the export.
const TIMEOUT: &str = "TRACING_RELAY_TEST_TIMEOUT";

const BOTH: [Signal; 2] = [Signal::SIGINT, Signal::SIGTERM];

static CALLS: Counter<u64> = Counter::new("app.calls");

#[traced(name = "telemetry.work")]
fn work() {
    CALLS.add(1, []);
    tracing::info!("worked");
}

#[traced(name = "telemetry.last")]
fn last() {}

/// Runs in the children. On its own it sets nothing of the process.
#[test]
fn a_program_that_gets_signals() {
    if !is_child() {
        let telemetry = Telemetry::builder("nobody")
            .with_disabled(true)
            .build()
            .unwrap();
        let before = handled();
        telemetry.shutdown_on_signals(LONG).unwrap();
        assert_eq!(handled(), before);
        return;
    }
    let program = std::env::var(PROGRAM).unwrap();
    let does = |word: &str| program.split(' ').any(|part| part == word);
    let timeout = std::env::var(TIMEOUT).unwrap_or_default().parse();
    let timeout = timeout.map_or(LONG, Duration::from_millis);

    let before = handled();
    let telemetry = Telemetry::from_env().init().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let sigterm = || runtime.block_on(async { signal(SignalKind::terminate()).unwrap() });
    let early = does("handles-sigterm").then(sigterm);
    if does("shuts-down") {
        telemetry.shutdown_on_signals(timeout).unwrap();
    }
    let late = does("handles-sigterm-later").then(sigterm);
    println!("\nhandles as before: {}", handled() == before);
    work();
    println!("ready");
    let Some(mut told) = early.or(late) else {
        loop {
            thread::park();
        }
    };
    runtime.block_on(told.recv());
    println!("told");
    // What takes its time, and longer than the export.
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(300)).await });
    last();
    println!("shut down: {:?}", telemetry.shutdown(LONG));
}

/// The signals that this process handles and ignores, where the system says that.
fn handled() -> Vec<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let sets = ["SigIgn:", "SigCgt:"];
    let lines = status
        .lines()
        .filter(|line| sets.iter().any(|set| line.starts_with(set)));
    lines.map(str::to_owned).collect()
}

struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
    printed: String,
}

impl Running {
    /// Starts a program, and waits until it has recorded its span. Nothing is exported but at a shutdown.
    fn start(program: &str, collector: &str, timeout: &str) -> Self {
        let to = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector)];
        Self::start_with(program, timeout, &to)
    }

    fn start_with(program: &str, timeout: &str, to: &[(&str, &str)]) -> Self {
        let mut variables = vec![
            (PROGRAM, program),
            (TIMEOUT, timeout),
            ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "3600000"),
        ];
        variables.extend(to);
        let mut command = command_of("signals::a_program_that_gets_signals", &variables);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self {
            child,
            lines,
            printed: String::new(),
        };
        running.wait_for("ready");
        running
    }

    fn wait_for(&mut self, wanted: &str) {
        let mut line = String::new();
        while line.trim_end() != wanted {
            line.clear();
            assert_ne!(
                self.lines.read_line(&mut line).unwrap(),
                0,
                "{}",
                self.printed
            );
            self.printed.push_str(&line);
        }
    }

    fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    /// Waits for its end: its status and its log.
    fn end(self) -> (ExitStatus, String) {
        let output = self.child.wait_with_output().unwrap();
        (output.status, String::from_utf8(output.stderr).unwrap())
    }
}

fn assert_ended_by(status: ExitStatus, signal: Signal) {
    assert_eq!(status.signal(), Some(signal as i32), "{status}");
}

/// A collector that takes connections and never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn spans_arrive_before_a_signal_ends_the_process() {
    for signal in BOTH {
        let collector = Collector::start();
        let running = Running::start("shuts-down", &collector.url(), "");
        assert_eq!(collector.received().len(), 0);
        running.send(signal);
        let (status, log) = running.end();
        assert_ended_by(status, signal);
        assert_eq!(names(&collector.received()), ["telemetry.work"], "{log}");
        assert!(!log.contains("spans were lost"), "{log}");
    }
}

#[test]
fn metrics_and_log_records_arrive_before_a_signal_too() {
    let collector = Collector::start();
    let endpoint = format!("http://127.0.0.1:{}", collector.port());
    let to = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
    ];
    let running = Running::start_with("shuts-down", "", &to);
    assert_eq!(collector.received().len(), 0);
    running.send(Signal::SIGTERM);
    let (status, log) = running.end();
    assert_ended_by(status, Signal::SIGTERM);
    let received = collector.received();
    let mut paths: Vec<_> = received.iter().map(|request| request.uri.path()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/v1/logs", "/v1/metrics", "/v1/traces"], "{log}");
    assert!(!log.contains("lost"), "{log}");
}

#[test]
fn a_collector_that_never_answers_holds_a_signal_up_for_the_timeout_and_no_longer() {
    let (_listener, url) = silent();
    let running = Running::start("shuts-down", &url, "500");
    let start = Instant::now();
    running.send(Signal::SIGTERM);
    let (status, log) = running.end();
    let took = start.elapsed();
    assert_ended_by(status, Signal::SIGTERM);
    assert!(took >= Duration::from_millis(400), "{took:?}");
    // Neither the ten seconds of the request nor the minute of a test that hangs.
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(
        log.contains("1 still waited when the time was over"),
        "{log}"
    );
}

#[test]
fn a_second_signal_acts_at_once() {
    for (first, second) in [BOTH, [BOTH[1], BOTH[0]], [BOTH[0]; 2]].map(|[a, b]| (a, b)) {
        let (listener, url) = silent();
        let running = Running::start("shuts-down", &url, "");
        running.send(first);
        // It exports now.
        let connection = listener.accept().unwrap();
        let start = Instant::now();
        running.send(second);
        let (status, _) = running.end();
        assert_ended_by(status, second);
        assert!(start.elapsed() < Duration::from_secs(5));
        drop(connection);
    }
}

#[test]
fn without_the_call_no_signal_is_handled() {
    let collector = Collector::start();
    let running = Running::start("", &collector.url(), "");
    let printed = running.printed.clone();
    running.send(Signal::SIGTERM);
    let (status, _) = running.end();
    assert_ended_by(status, Signal::SIGTERM);
    assert_eq!(collector.received().len(), 0);
    assert!(printed.contains("handles as before: true\n"), "{printed}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_the_program_handles_is_left_to_it_and_the_other_is_not() {
    let collector = Collector::start();
    let mut running = Running::start("handles-sigterm shuts-down", &collector.url(), "");
    running.send(Signal::SIGTERM);
    running.wait_for("shut down: Ok(())");
    let (status, log) = running.end();
    assert!(status.success(), "{status} {log}");
    assert_eq!(
        names(&collector.received()),
        ["telemetry.last", "telemetry.work"]
    );

    let collector = Collector::start();
    let running = Running::start("handles-sigterm shuts-down", &collector.url(), "");
    running.send(Signal::SIGINT);
    let (status, log) = running.end();
    assert_ended_by(status, Signal::SIGINT);
    assert_eq!(names(&collector.received()), ["telemetry.work"], "{log}");
}

#[test]
fn a_program_that_handles_a_signal_alone_ends_in_order() {
    let collector = Collector::start();
    let mut running = Running::start("handles-sigterm", &collector.url(), "");
    running.send(Signal::SIGTERM);
    running.wait_for("shut down: Ok(())");
    let (status, log) = running.end();
    assert!(status.success(), "{status} {log}");
    assert_eq!(
        names(&collector.received()),
        ["telemetry.last", "telemetry.work"]
    );
}

/// As the documentation says: it has as long as the export takes.
#[test]
fn what_the_program_handles_later_it_is_told_of_and_the_signal_acts_all_the_same() {
    let (_listener, url) = silent();
    let program = "shuts-down handles-sigterm-later";
    let mut running = Running::start(program, &url, "2000");
    running.send(Signal::SIGTERM);
    running.wait_for("told");
    let (status, _) = running.end();
    assert_ended_by(status, Signal::SIGTERM);
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_is_ignored_stays_ignored() {
    let collector = Collector::start();
    // What a child inherits of this process, and what a shell does for a job in the background.
    let ignoring = r#"trap "" INT TERM; exec "$0" "$@""#;
    let variables = [(PROGRAM, "shuts-down"), ("OTEL_TRACES_EXPORTER", "none")];
    let child = command_of("signals::a_program_that_gets_signals", &variables);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", ignoring])
        .arg(child.get_program())
        .args(child.get_args());
    for (name, value) in child.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    let mut running = Running {
        child,
        lines,
        printed: String::new(),
    };
    running.wait_for("handles as before: true");
    running.wait_for("ready");
    running.child.kill().unwrap();
    assert_ended_by(running.end().0, Signal::SIGKILL);
    assert_eq!(collector.received().len(), 0);
}
