//! What settings say.

use std::io::Write as _;
use std::process::{Command, Stdio};

use otel_provider::{OtelError, OtelExporter, OtelProvider, OtelSettings};

#[test]
fn where_every_exporter_is_none_there_is_no_provider() {
    assert!(
        OtelProvider::from(&OtelSettings::default())
            .unwrap()
            .is_none()
    );
    let settings: OtelSettings =
        toml::from_str("service_name = 'agent'\nexporter = 'none'").unwrap();
    assert!(OtelProvider::from(&settings).unwrap().is_none());
}

#[test]
fn statsig_is_for_metrics_alone() {
    let settings: OtelSettings = toml::from_str("trace_exporter = 'statsig'").unwrap();
    let error = OtelProvider::from(&settings).unwrap_err();
    assert!(
        matches!(
            error,
            OtelError::MetricsAlone {
                setting: "trace_exporter"
            }
        ),
        "{error}"
    );
}

#[test]
fn a_secret_that_is_not_in_the_environment_is_an_error_with_the_name_of_the_variable() {
    let settings: OtelSettings = toml::from_str(
        "[exporter.otlp-grpc]\nendpoint = 'http://localhost:4317'\nheaders = { key = { env = 'NO_SUCH_SECRET' } }",
    )
    .unwrap();
    let error = OtelProvider::from(&settings).unwrap_err().to_string();
    assert!(
        error.contains("`exporter`") && error.contains("`NO_SUCH_SECRET`"),
        "{error}"
    );
}

#[test]
fn a_secret_is_not_shown() {
    let settings: OtelSettings = toml::from_str(
        "[trace_exporter.otlp-http]\nendpoint = 'http://localhost:4318/v1/traces'\nheaders = { key = 'hidden' }",
    )
    .unwrap();
    let shown = format!("{settings:?} {:?}", OtelProvider::from(&settings).unwrap());
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn an_endpoint_that_is_no_url_is_an_error_with_the_name_of_the_setting() {
    let settings = OtelSettings {
        metrics_exporter: OtelExporter::OtlpHttp {
            endpoint: "collector".into(),
            headers: [].into(),
            protocol: otel_provider::OtelHttpProtocol::Json,
            tls: None,
        },
        ..OtelSettings::default()
    };
    let error = OtelProvider::from(&settings).unwrap_err().to_string();
    assert!(
        error.starts_with("`metrics_exporter` cannot be used"),
        "{error}"
    );
}

/// What the program prints with these settings, which are on its standard input.
#[cfg(unix)]
fn run(settings: &str, arguments: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_otel_provider"))
        .args(["--settings", "/dev/stdin"])
        .args(arguments)
        .env_remove("TRACEPARENT")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(settings.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn the_program_plays_its_session_the_same_without_a_provider() {
    let said = run("", &[]);
    assert_eq!(
        said,
        "trace: none\ntools that failed: 1\nexported: nothing, as the settings say\n"
    );
}

#[cfg(unix)]
#[test]
fn the_program_exports_in_each_runtime_and_from_each_place() {
    for runtime in ["current", "multi"] {
        for from in ["task", "block_on", "outside"] {
            let collector = crate::collector::Collector::start();
            let settings = format!(
                "[trace_exporter.otlp-http]\nendpoint = '{}'",
                collector.url("traces")
            );
            let said = run(&settings, &["--runtime", runtime, "--from", from]);
            assert!(said.ends_with("lost: nothing\n"), "{said}");
            assert_eq!(collector.requests("traces").len(), 1);
        }
    }
}
