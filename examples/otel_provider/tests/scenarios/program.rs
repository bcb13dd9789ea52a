//! The program, in processes of its own.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::collector::Collector;
use crate::memory::PROMPT;

/// What becomes of the program with these settings, which are on its standard input, and with this variable.
fn run(settings: &str, arguments: &[&str], variable: Option<(&str, &str)>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_otel_provider"))
        .args(["--settings", "/dev/stdin"])
        .args(arguments)
        .env_remove("TRACEPARENT")
        .env_remove("STATSIG_SERVER_SDK_SECRET")
        .envs(variable)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(settings.as_bytes()).unwrap();
    drop(input);
    child.wait_with_output().unwrap()
}

/// What it prints where it succeeds.
fn printed(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn traces_to(collector: &Collector) -> String {
    let url = collector.url("traces");
    format!(
        "[trace_exporter.otlp-http]\nendpoint = '{url}'\nheaders = {{ api-key = {{ env = 'COLLECTOR_KEY' }} }}"
    )
}

#[test]
fn it_plays_its_session_the_same_without_a_provider() {
    let said = printed(run("", &["--prompt", PROMPT], None));
    let expected = "trace: none\ntools that failed: 1\nexported: nothing, as the settings say\n";
    assert_eq!(said, expected);
}

#[test]
fn it_exports_in_each_runtime_and_from_each_place() {
    for runtime in ["current", "multi"] {
        for from in ["task", "block_on", "outside"] {
            let collector = Collector::start();
            let arguments = ["--runtime", runtime, "--from", from];
            let key = Some(("COLLECTOR_KEY", "secret"));
            let said = printed(run(&traces_to(&collector), &arguments, key));
            assert!(said.ends_with("lost: nothing\n"), "{said}");
            let requests = collector.requests("traces");
            assert_eq!(requests.len(), 1);
            assert_eq!(requests[0].headers["api-key"], "secret");
        }
    }
}

#[test]
fn statsig_wants_its_secret_from_the_environment() {
    let output = run("metrics_exporter = 'statsig'", &[], None);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(error.contains("`STATSIG_SERVER_SDK_SECRET`"), "{error}");
}
