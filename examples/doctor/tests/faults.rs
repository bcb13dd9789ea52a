//! Each fault, and the words for it: processes of the program.

use std::process::{Command, Output};

use tracing_relay::telemetry::VARIABLES;

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doctor"));
    command.args(arguments);
    for variable in VARIABLES {
        command.env_remove(variable.name);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

/// What the doctor says, and whether it is well.
fn said(arguments: &[&str], variables: &[(&str, &str)]) -> (String, bool) {
    let output = run(arguments, variables);
    let text = String::from_utf8(output.stdout).unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(!text.is_empty(), "{log}");
    (text, output.status.success())
}

/// That a fault is named as this problem, with these words.
#[track_caller]
fn assert_fault(fault: &str, problem: &str, words: &[&str]) {
    let (text, is_healthy) = said(&["--fault", fault, "--timeout", "3"], &[]);
    assert_says(&text, problem, words);
    assert_eq!(is_healthy, problem.starts_with("note["), "{text}");
    // One fault, one finding; that code on the API finds no layer is a note on each engine.
    let findings = text.matches("\n  help: ").count();
    let notes = text.matches("note[").count();
    assert!(findings - notes <= 1, "{text}");
}

#[track_caller]
fn assert_says(text: &str, problem: &str, words: &[&str]) {
    for word in words.iter().chain([&problem]) {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[test]
fn nobody_sets_a_subscriber() {
    // Nothing else is set up either.
    let (text, _) = said(&["--fault", "no-subscriber"], &[]);
    let words = ["no subscriber on this thread", "Telemetry::from_env()"];
    assert_says(&text, "error[no-subscriber]", &words);
}

#[test]
fn the_set_up_of_the_program_is_wrong() {
    let rows: [(&str, &str, &[&str]); 7] = [
        ("no-layer", "error[no-layer]", &["no layer that records"]),
        (
            "reload",
            "warning[hidden-layer]",
            &["put the filter behind `reload`"],
        ),
        (
            "level",
            "error[filtered]",
            &["`tracing_relay.doctor` at INFO", "ERROR is"],
        ),
        (
            "directive",
            "error[filtered]",
            &["as the directive `warn` says"],
        ),
        (
            "propagator",
            "warning[no-propagator]",
            &["OpenTelemetry's global propagator writes nothing"],
        ),
        (
            "sampler",
            "error[not-sampled]",
            &["none is sampled", "AlwaysOff"],
        ),
        (
            "opentelemetry-api",
            "note[no-opentelemetry-layer]",
            &[
                "tracing_relay::otel::SpanExt",
                "ok: the probe was delivered",
            ],
        ),
    ];
    for (fault, problem, words) in rows {
        assert_fault(fault, problem, words);
    }
}

#[test]
fn the_collector_is_wrong() {
    let rows: [(&str, &str, &[&str]); 9] = [
        (
            "unreachable",
            "error[unreachable]",
            &["http://127.0.0.1:1/v1/traces", "refused"],
        ),
        (
            "unknown-host",
            "error[unreachable]",
            &["the name of the host is not known"],
        ),
        (
            "tls",
            "error[unreachable]",
            &["OTEL_EXPORTER_OTLP_CERTIFICATE"],
        ),
        (
            "unauthorized",
            "error[refused]",
            &["401", "OTEL_EXPORTER_OTLP_HEADERS"],
        ),
        ("not-found", "error[refused]", &["404", "`/v1/traces`"]),
        (
            "unsupported",
            "error[refused]",
            &["415", "OTEL_EXPORTER_OTLP_PROTOCOL"],
        ),
        ("overloaded", "error[refused]", &["503", "overloaded"]),
        ("slow", "error[too-slow]", &["did not answer in 3s"]),
        (
            "clock",
            "warning[clock-skew]",
            &["behind that of this machine"],
        ),
    ];
    // Most of them wait.
    std::thread::scope(|scope| {
        for (fault, problem, words) in rows {
            scope.spawn(move || assert_fault(fault, problem, words));
        }
    });
}

#[test]
fn an_exporter_of_others_needs_a_runtime() {
    let words = ["there is no reactor running", "reqwest-blocking-client"];
    assert_fault("no-runtime", "error[needs-runtime]", &words);
    let words = ["the only one of its runtime", "a runtime of its own"];
    assert_fault("current-thread", "error[needs-runtime]", &words);
}

#[test]
fn the_lock_file_has_two_versions() {
    let words = ["0.32.0 for older-middleware 1.2.3", "cargo tree --invert"];
    assert_fault("two-versions", "error[two-versions]", &words);
}

#[test]
fn a_directive_of_rust_log_is_named() {
    let arguments = ["--fault", "directive"];
    let (text, _) = said(&arguments, &[("RUST_LOG", "info,tracing_relay=error")]);
    let words = ["as the directive `tracing_relay=error` says"];
    assert_says(&text, "error[filtered]", &words);
    let (text, is_healthy) = said(&arguments, &[("RUST_LOG", "debug")]);
    assert!(is_healthy, "{text}");
}

#[test]
fn the_environment_is_examined_where_no_fault_is_named() {
    let (text, is_healthy) = said(&[], &[("OTEL_TRACES_EXPORTER", "console")]);
    assert!(is_healthy, "{text}");
    assert_says(
        &text,
        "ok: the probe was delivered to the console",
        &["global propagator writes `traceparent`"],
    );
    let unreachable = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret-value"),
        ("OTEL_PROPAGATORS", "none"),
    ];
    let (text, is_healthy) = said(&["--timeout", "1"], &unreachable);
    assert!(!is_healthy, "{text}");
    assert_says(&text, "error[unreachable]", &["warning[no-propagator]"]);
    assert!(!text.contains("secret-value"), "{text}");
}

#[test]
fn the_help_lists_each_fault_that_is_tested() {
    let output = run(&["--help"], &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    let faults = text.lines().filter(|line| line.trim().starts_with("- "));
    let tested = include_str!("faults.rs");
    let mut number = 0;
    for line in faults {
        let name = line.trim().trim_start_matches("- ");
        let (name, _) = name.split_once(':').unwrap();
        assert!(tested.contains(&format!("\"{name}\"")), "{name}");
        number += 1;
    }
    assert_eq!(number, 20, "{text}");
}
