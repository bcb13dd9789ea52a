//! The variables for logs, as a service sees them.

use crate::child::Run;
use crate::received::{bodies, logs, names, spans, text};

const EXPORTER: (&str, &str) = ("OTEL_LOGS_EXPORTER", "otlp");

/// What the service logs.
const SAID: [&str; 4] = ["first", "second", "what the user said", "of the crate log"];

#[test]
fn logs_are_exported_unless_somebody_says_no() {
    let run = Run::with(&[("OTEL_LOGS_EXPORTER", "")]);
    assert_eq!(bodies(&run.received), SAID);
    assert_eq!(run.received.len(), 2, "one of spans, and one of logs");
    run.assert_printed("shut down: Ok(())");
    let spans: Vec<_> = run
        .received
        .iter()
        .filter(|request| request.uri.path() == "/v1/traces")
        .flat_map(spans)
        .collect();
    let step = spans.iter().find(|span| span.name == "telemetry.step");
    let step = step.unwrap();
    for (_, log) in logs(&run.received) {
        assert_eq!(
            (&log.trace_id, &log.span_id),
            (&step.trace_id, &step.span_id)
        );
        assert_eq!(log.flags & 1, 1);
    }
    assert!(step.events.is_empty(), "{:?}", step.events);
}

#[test]
fn exporters_are_those_that_are_named() {
    let shown = "log INFO telemetry::child: second";
    let rows = [
        ("otlp", true, false, 0),
        ("Console", false, true, 0),
        ("otlp, console", true, true, 0),
        ("none", false, false, 0),
        ("none,otlp", true, false, 1),
        ("console,jaeger", false, true, 1),
    ];
    for (exporters, requests, console, warnings) in rows {
        let run = Run::with(&[("OTEL_LOGS_EXPORTER", exporters)]);
        assert_eq!(!logs(&run.received).is_empty(), requests, "{exporters}");
        assert_eq!(run.log.contains(shown), console, "{exporters}\n{}", run.log);
        // A warning is a record as well.
        let mut told = run.warnings();
        told.retain(|line| !line.starts_with("log WARN "));
        assert_eq!(told.len(), warnings, "{exporters}\n{}", run.log);
        run.assert_printed("shut down: Ok(())");
        if cfg!(target_os = "linux") {
            let thread = format!("thread for logs: {}", exporters != "none");
            run.assert_printed(&thread);
        }
    }
}

#[test]
fn where_all_exporters_are_none_no_thread_is_started() {
    let none = [("OTEL_TRACES_EXPORTER", "none")];
    let disabled = [EXPORTER, ("OTEL_SDK_DISABLED", "true")];
    for variables in [&none[..], &disabled[..]] {
        let run = Run::with(variables);
        assert!(run.received.is_empty());
        if cfg!(target_os = "linux") {
            run.assert_printed("thread: false");
            run.assert_printed("thread for logs: false");
        }
        // Lines are shown as ever.
        assert!(run.log.lines().any(|line| line.ends_with("second")));
    }
}

#[test]
fn both_formats_say_the_same() {
    let format = "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL";
    let found = ["http/protobuf", "http/json"].map(|protocol| {
        let run = Run::with(&[
            EXPORTER,
            (format, protocol),
            ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "gzip"),
        ]);
        let (name, _) = logs(&run.received)[3].clone();
        assert_eq!(name, "telemetry::log", "the target of the crate `log`");
        let logs = logs(&run.received).into_iter();
        let logs = logs.map(|(scope, mut log)| {
            assert!(log.time_unix_nano > 0 && log.time_unix_nano == log.observed_time_unix_nano);
            assert_eq!((log.trace_id.len(), log.span_id.len()), (16, 8));
            (log.time_unix_nano, log.observed_time_unix_nano) = (0, 0);
            (log.trace_id, log.span_id) = (Vec::new(), Vec::new());
            (scope, log)
        });
        logs.collect::<Vec<_>>()
    });
    let [protobuf, json] = found;
    assert_eq!(protobuf, json);
    let (_, first) = &protobuf[0];
    assert_eq!(first.severity_number, 9);
    assert_eq!(first.severity_text, "INFO");
    assert_eq!(first.event_name, "");
    let keys: Vec<_> = first.attributes.iter().map(|pair| &*pair.key).collect();
    assert_eq!(keys, ["x", "y", "code.file.path", "code.line.number"]);
}

#[test]
fn the_queue_is_as_the_variables_say() {
    let run = Run::with(&[EXPORTER, ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1")]);
    assert_eq!(run.received.len(), 1 + SAID.len(), "a record a request");
    let run = Run::with(&[
        EXPORTER,
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1000"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "300"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "3600000"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "0"),
    ]);
    run.assert_understood(
        "log queue:   300 records, 33554432 bytes, batches of 300, delay 3600s, timeout 3600s",
    );
    assert_eq!(run.warnings().len(), 1, "{}", run.log);
    // The warning is logged too. What waits for longer than anybody does is exported at the end.
    let said = bodies(&run.received);
    assert!(
        said[0].contains("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE"),
        "{said:?}"
    );
    assert_eq!(said[1..], SAID);
}

#[test]
fn limits_for_log_records_come_before_those_for_all() {
    let rows = [
        ("2", "", "4", "", 2, "0123"),
        ("2", "1", "4", "6", 1, "012345"),
        ("2", "none", "many", "", 2, "0123456789"),
    ];
    for (count, of_logs, length, length_of_logs, attributes, wanted) in rows {
        let run = Run::with(&[
            EXPORTER,
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", count),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", of_logs),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", length),
            (
                "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
                length_of_logs,
            ),
        ]);
        let logs = logs(&run.received);
        let said: Vec<_> = logs
            .iter()
            .map(|(_, log)| log)
            .filter(|log| text(log.body.as_ref()) == "what the user said")
            .collect();
        let [log] = said[..] else { panic!("{said:?}") };
        assert_eq!(log.attributes.len(), attributes);
        assert_eq!(
            log.dropped_attributes_count,
            3 - u32::try_from(attributes).unwrap()
        );
        assert_eq!(text(log.attributes[0].value.as_ref()), wanted);
    }
}

#[test]
fn a_collector_that_never_answers_costs_the_shortest_of_the_timeouts() {
    // It takes connections, and nobody reads them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    for (all, of_logs) in [("100", "3600000"), ("0", "100")] {
        let run = Run::alone(&[
            EXPORTER,
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", all),
            ("OTEL_BLRP_EXPORT_TIMEOUT", of_logs),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &url),
        ]);
        assert!(
            run.printed
                .contains("logs: LostLogs { dropped: 0, failed: 4, waiting: 0 }"),
            "{}",
            run.printed
        );
        // The loss is told on standard error, and is no log record itself.
        let told = run.warnings().concat();
        assert!(told.contains("log records were lost"), "{}", run.log);
        assert!(told.contains("did not answer in 100ms"), "{}", run.log);
    }
}

#[test]
fn headers_for_logs_are_sent_with_logs_alone_and_never_shown() {
    let run = Run::with(&[
        EXPORTER,
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key=hush%20hush"),
        (
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
            "http://ADDRESS/mine/v1/logs?key=hush",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://ADDRESS"),
    ]);
    for request in &run.received {
        let is_of_logs = request.uri.path() == "/mine/v1/logs";
        assert_eq!(request.headers.contains_key("api-key"), is_of_logs);
    }
    assert_eq!(bodies(&run.received), SAID);
    assert!(!run.log.contains("hush"), "{}", run.log);
}

#[test]
fn the_exporter_logs_nothing_of_its_own() {
    let run = Run::with(&[
        EXPORTER,
        ("RUST_LOG", "trace"),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1"),
    ]);
    assert_eq!(bodies(&run.received), SAID);
    assert_eq!(names(&run.received).len(), 2);
    let of_client = ["hyper", "reqwest", "rustls"];
    let told = of_client.map(|name| run.log.contains(name));
    assert_eq!(told, [false; 3], "{}", run.log);
}

#[test]
fn a_certificate_that_cannot_be_read_leaves_its_exporter_out_and_the_service_runs() {
    let run = Run::alone(&[
        ("OTEL_LOGS_EXPORTER", "otlp,console"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://localhost:9"),
        ("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", "/nowhere/at/all.pem"),
    ]);
    let told = run.warnings().concat();
    assert!(
        told.contains(
            "no log record is sent to a collector: TLS cannot be set up: /nowhere/at/all.pem"
        ),
        "{told}"
    );
    assert!(
        run.log.contains("log INFO telemetry::child: second"),
        "{}",
        run.log
    );
    run.assert_printed("shut down: Ok(())");
}
