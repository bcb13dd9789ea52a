//! Each variable, as a service sees it: set, empty, invalid, and in conflict with another.

use axum::http::Method;
use opentelemetry_proto::tonic::trace::v1::Span;
use tracing_relay::telemetry::VARIABLES;

use crate::child::{EVENTS, Run, TRACE};
use crate::collector::Received;
use crate::received::{names, spans};

const BOTH: [&str; 2] = ["telemetry.request", "telemetry.step"];

/// The resource without what is the same for all.
fn resource(request: &Received) -> Vec<(String, String)> {
    let mut resource = request.resource();
    resource.retain(|(key, _)| !key.starts_with("telemetry.sdk."));
    resource
}

fn step(run: &Run) -> Span {
    let mut steps = run.received.iter().flat_map(spans);
    steps.find(|span| span.name == "telemetry.step").unwrap()
}

#[test]
fn nothing_but_an_endpoint_is_needed() {
    let run = Run::with(&[]);
    let request = run.only();
    assert_eq!(names(&run.received), BOTH);
    assert_eq!(request.method, Method::POST);
    assert_eq!(request.uri, "/v1/traces");
    assert_eq!(request.header("content-type"), "application/x-protobuf");
    assert!(!request.headers.contains_key("content-encoding"));
    assert!(run.warnings().is_empty(), "{}", run.log);
    run.assert_printed("shut down: Ok(())");
    run.assert_printed("propagated: [\"baggage\", \"traceparent\", \"tracestate\"]");
    let (key, name) = &resource(request)[0];
    assert_eq!(key, "service.name");
    assert!(name.starts_with("unknown_service:telemetry"), "{name}");
    // Log lines have the trace that they are in.
    let line = run.log.lines().find(|line| line.ends_with("second"));
    assert!(
        line.is_some_and(|line| line.contains("trace_id=")),
        "{}",
        run.log
    );
}

#[test]
fn empty_variables_are_as_good_as_none() {
    let empty: Vec<_> = VARIABLES
        .iter()
        .filter(|variable| {
            // Without a value the last two are signals of their own, with tests of their own.
            let set = [
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "OTEL_METRICS_EXPORTER",
                "OTEL_LOGS_EXPORTER",
            ];
            !set.contains(&variable.name)
        })
        .map(|variable| (variable.name, ""))
        .collect();
    let run = Run::with(&empty);
    assert_eq!(run.only().uri, "/v1/traces");
    assert_eq!(names(&run.received), BOTH);
    assert!(run.warnings().is_empty(), "{}", run.log);
}

#[test]
fn what_is_invalid_is_told_once_each_and_stops_nothing() {
    let invalid: Vec<_> = VARIABLES
        .iter()
        .filter_map(|variable| Some((variable.name, variable.invalid?)))
        .filter(|(name, _)| *name != "OTEL_EXPORTER_OTLP_ENDPOINT")
        .collect();
    let run = Run::with(&invalid);
    assert_eq!(names(&run.received), BOTH);
    let warnings = run.warnings();
    assert_eq!(warnings.len(), invalid.len(), "{}", run.log);
    for (name, _) in invalid {
        let told = warnings
            .iter()
            .filter(|line| line.contains(&format!("`{name}` ")));
        assert_eq!(told.count(), 1, "{name}");
    }
    assert!(!run.log.contains("secret"), "{}", run.log);
}

#[test]
fn the_resource_is_what_the_variables_say_and_the_name_of_the_service_wins() {
    let rows: [(&[_], &[_]); 3] = [
        (
            &[
                ("OTEL_SERVICE_NAME", "orders"),
                ("OTEL_RESOURCE_ATTRIBUTES", "service.name=lost,a=b%20c"),
            ],
            &[("a", "b c"), ("service.name", "orders")],
        ),
        (
            &[("OTEL_RESOURCE_ATTRIBUTES", "service.name=found, a = b%2Cc ")],
            &[("a", "b,c"), ("service.name", "found")],
        ),
        (
            &[
                ("OTEL_SERVICE_NAME", "orders"),
                ("OTEL_RESOURCE_ATTRIBUTES", "a=b,c"),
            ],
            &[("service.name", "orders")],
        ),
    ];
    for (variables, wanted) in rows {
        let run = Run::with(variables);
        let wanted = wanted
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        assert_eq!(resource(run.only()), wanted.collect::<Vec<_>>());
    }
}

#[test]
fn exporters_are_those_that_are_named() {
    let shown = "internal telemetry.step";
    let rows = [
        ("otlp", 1, false, 0),
        ("Console", 0, true, 0),
        ("otlp, console", 1, true, 0),
        ("none", 0, false, 0),
        ("none,otlp", 1, false, 1),
        ("console,jaeger", 0, true, 1),
    ];
    for (exporters, requests, console, warnings) in rows {
        let run = Run::with(&[("OTEL_TRACES_EXPORTER", exporters)]);
        assert_eq!(run.received.len(), requests, "{exporters}");
        assert_eq!(run.log.contains(shown), console, "{exporters}\n{}", run.log);
        assert_eq!(run.warnings().len(), warnings, "{exporters}\n{}", run.log);
        run.assert_printed("shut down: Ok(())");
        if cfg!(target_os = "linux") {
            let thread = format!("thread: {}", exporters != "none");
            run.assert_printed(&thread);
        }
    }
}

#[test]
fn disabled_has_no_thread_and_passes_on_what_came() {
    let run = Run::with(&[
        ("OTEL_SDK_DISABLED", "True"),
        ("OTEL_TRACES_EXPORTER", "otlp,console"),
    ]);
    assert!(run.received.is_empty());
    if cfg!(target_os = "linux") {
        run.assert_printed("thread: false");
    }
    run.assert_printed(&format!("passed on: 00-{TRACE}-b7ad6b7169203331-01"));
    run.assert_printed("shut down: Ok(())");
    assert!(
        run.log.lines().any(|line| line.ends_with("second")),
        "{}",
        run.log
    );
    let run = Run::with(&[("OTEL_SDK_DISABLED", "1")]);
    assert_eq!(names(&run.received), BOTH);
}

#[test]
fn a_sampler_keeps_what_it_is_named_for() {
    let request = &BOTH[..1];
    let rows: [(&str, &str, &[&str]); 8] = [
        ("always_on", "", &BOTH),
        ("ALWAYS_OFF", "", &[]),
        ("traceidratio", "0", &[]),
        ("traceidratio", "2", &BOTH),
        ("parentbased_always_on", "0", &BOTH),
        ("parentbased_always_off", "", request),
        ("parentbased_traceidratio", "0.0", request),
        ("jaeger_remote", "", &BOTH),
    ];
    for (sampler, argument, wanted) in rows {
        let run = Run::with(&[
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ]);
        assert_eq!(names(&run.received), wanted, "{sampler} {argument}");
    }
}

#[test]
fn propagators_are_those_that_are_named() {
    let rows = [
        ("tracecontext", "[\"traceparent\", \"tracestate\"]"),
        ("baggage,baggage", "[\"baggage\"]"),
        ("none", "[]"),
        ("b3,baggage", "[\"baggage\"]"),
        ("b3", "[\"baggage\", \"traceparent\", \"tracestate\"]"),
    ];
    for (propagators, fields) in rows {
        let run = Run::with(&[("OTEL_PROPAGATORS", propagators)]);
        run.assert_printed(&format!("propagated: {fields}"));
        assert_eq!(
            run.warnings().len(),
            usize::from(propagators.contains("b3"))
        );
        assert_eq!(names(&run.received), BOTH);
    }
}

#[test]
fn the_queue_is_as_the_variables_say() {
    let run = Run::with(&[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")]);
    assert_eq!(run.received.len(), 2, "a span a request");
    let run = Run::with(&[
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1000"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "300"),
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
    ]);
    run.assert_understood(
        "queue:       300 spans, 33554432 bytes, batches of 300, delay 3600s, timeout 3600s",
    );
    assert_eq!(run.warnings().len(), 1, "{}", run.log);
    // What waits for longer than anybody does is exported at the end.
    assert_eq!(names(&run.received), BOTH);
}

#[test]
fn what_is_over_a_limit_is_dropped_and_counted() {
    let run = Run::with(&[
        (EVENTS, "telemetry"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "2"),
        ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "0"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "1"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "1"),
    ]);
    let span = step(&run);
    assert!(span.dropped_attributes_count > 0, "{span:?}");
    assert_eq!((span.events.len(), span.dropped_events_count), (1, 1));
    assert_eq!(span.events[0].attributes.len(), 1, "the limit for all");
    assert!(span.events[0].dropped_attributes_count > 0);
    assert_eq!((span.links.len(), span.dropped_links_count), (1, 1));
    assert_eq!(span.links[0].attributes.len(), 0);
    assert_eq!(span.links[0].dropped_attributes_count, 2);

    let run = Run::with(&[
        (EVENTS, "telemetry"),
        ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "2"),
    ]);
    let span = step(&run);
    assert_eq!(span.events[0].attributes.len(), 2);
    assert_eq!((span.events.len(), span.links.len()), (2, 2));
    assert_eq!(span.dropped_attributes_count, 0);
}

#[test]
fn a_text_over_the_limit_is_cut_and_that_for_spans_counts() {
    let rows = [
        ("4", "", "0123"),
        ("4", "6", "012345"),
        ("many", "", "0123456789"),
    ];
    for (all, of_spans, wanted) in rows {
        let run = Run::with(&[
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", all),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", of_spans),
        ]);
        let span = step(&run);
        let text = span
            .attributes
            .iter()
            .find(|attribute| attribute.key == "text");
        let shown = format!("{text:?}");
        assert!(shown.contains(&format!("\"{wanted}\"")), "{shown}");
    }
}

#[test]
fn the_exporter_traces_and_logs_nothing_of_its_own() {
    let run = Run::with(&[
        ("RUST_LOG", "trace"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1"),
    ]);
    assert_eq!(run.received.len(), 2);
    assert_eq!(names(&run.received), BOTH);
    let of_client = ["hyper", "reqwest", "rustls"];
    let told = of_client.map(|name| run.log.contains(name));
    assert_eq!(told, [false; 3], "{}", run.log);
}

#[test]
fn the_log_is_what_rust_log_says_and_the_traces_are_not() {
    let rows = [
        ("off", false),
        ("telemetry=warn,other=info", false),
        ("telemetry=info", true),
    ];
    for (directives, shown) in rows {
        let run = Run::with(&[("RUST_LOG", directives), (EVENTS, "telemetry")]);
        let is_shown = run.log.lines().any(|line| line.ends_with("second"));
        assert_eq!(is_shown, shown, "{directives}\n{}", run.log);
        assert_eq!(names(&run.received), BOTH, "{directives}");
        assert_eq!(step(&run).events.len(), 2);
    }
}

const BASE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const WHOLE: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

/// Variables, the path that a request has then, and the number of warnings.
type Placed = (&'static [(&'static str, &'static str)], &'static str, usize);

#[test]
fn a_base_url_gets_the_path_and_a_whole_one_is_used_as_it_is() {
    let rows: [Placed; 6] = [
        (&[(BASE, "http://ADDRESS")], "/v1/traces", 0),
        (&[(BASE, "http://ADDRESS/a/b/")], "/a/b/v1/traces", 0),
        (&[(BASE, "http://ADDRESS/a?key=k")], "/a/v1/traces?key=k", 0),
        (&[(WHOLE, "http://ADDRESS/mine")], "/mine", 0),
        (
            &[(WHOLE, "http://ADDRESS"), (BASE, "http://127.0.0.1:9")],
            "/",
            0,
        ),
        (
            &[(WHOLE, "ADDRESS"), (BASE, "http://ADDRESS/a")],
            "/a/v1/traces",
            1,
        ),
    ];
    for (variables, uri, warnings) in rows {
        let run = Run::with(variables);
        assert_eq!(run.only().uri.to_string(), uri, "{variables:?}");
        assert_eq!(run.warnings().len(), warnings, "{variables:?}");
        assert!(!run.log.contains("key=k"), "{}", run.log);
    }
}

#[test]
fn who_a_url_names_is_sent_as_a_header_and_never_shown() {
    let run = Run::with(&[(BASE, "http://hush:secret@ADDRESS/a")]);
    let request = run.only();
    assert_eq!(request.uri, "/a/v1/traces");
    assert_eq!(request.header("authorization"), "Basic aHVzaDpzZWNyZXQ=");
    let shown = !run.log.contains("hush") && !run.log.contains("secret");
    assert!(
        shown && run.log.contains("http://[redacted]@"),
        "{}",
        run.log
    );
}

/// A variable for all signals and that for traces, the header of a request that they decide, and its value.
type Chosen = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

#[test]
fn the_protocol_and_the_compression_for_traces_come_first() {
    let (json, protobuf) = (Some("application/json"), Some("application/x-protobuf"));
    let rows: [Chosen; 10] = [
        ("PROTOCOL", "http/json", "", json),
        ("PROTOCOL", "http/json", "HTTP/protobuf", protobuf),
        ("PROTOCOL", "http/protobuf", "http/json", json),
        ("PROTOCOL", "http", "", protobuf),
        ("PROTOCOL", "grpc", "http/json", json),
        ("PROTOCOL", "http/json", "http", json),
        ("COMPRESSION", "gzip", "", Some("gzip")),
        ("COMPRESSION", "gzip", "none", None),
        ("COMPRESSION", "zstd", "GZIP", Some("gzip")),
        ("COMPRESSION", "zstd", "", None),
    ];
    for (option, all, traces, wanted) in rows {
        let names_of = [
            format!("OTEL_EXPORTER_OTLP_{option}"),
            format!("OTEL_EXPORTER_OTLP_TRACES_{option}"),
        ];
        let run = Run::with(&[(&names_of[0], all), (&names_of[1], traces)]);
        let header = if option == "PROTOCOL" {
            "content-type"
        } else {
            "content-encoding"
        };
        let found = run
            .only()
            .headers
            .get(header)
            .map(|value| value.to_str().unwrap());
        assert_eq!(found, wanted, "{option} {all} {traces}");
        assert_eq!(names(&run.received), BOTH, "{option} {all} {traces}");
        // Also where only the other signals read it.
        let refused = traces == "http" || matches!(all, "http" | "zstd");
        assert_eq!(run.warnings().len(), usize::from(refused), "{}", run.log);
    }
}

#[test]
fn json_and_gzip_go_together() {
    let run = Run::with(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ]);
    let request = run.only();
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("content-encoding"), "gzip");
    assert_eq!(names(&run.received), BOTH);
}

#[test]
fn headers_are_decoded_and_sent_and_never_shown() {
    let run = Run::with(&[
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "Api-Key=hush%20hush,x-a = hush1 ,content-type=hush",
        ),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-a=hush2,x-b=hush=3"),
    ]);
    let request = run.only();
    assert_eq!(request.header("api-key"), "hush hush");
    assert_eq!(request.header("x-a"), "hush2");
    assert_eq!(request.header("x-b"), "hush=3");
    assert_eq!(request.header("content-type"), "application/x-protobuf");
    assert_eq!(run.warnings().len(), 1, "{}", run.log);
    assert!(
        !run.log.contains("hush") && run.log.contains("x-b: [redacted]"),
        "{}",
        run.log
    );
}

#[test]
fn a_collector_that_never_answers_costs_the_shortest_of_the_timeouts() {
    // It takes connections, and nobody reads them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let rows = [
        [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "100"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "3600000"),
        ],
        [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "100"),
        ],
        [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "100"),
        ],
    ];
    for row in rows {
        let run = Run::alone(&[row[0], row[1], (BASE, &url)]);
        run.assert_printed(
            "shut down: Err(Lost { dropped: 0, failed: 2, waiting: 0, logs: LostLogs { dropped: 0, failed: 0, waiting: 0 }, metrics: false, unfinished: false })",
        );
        let told = run.warnings().concat();
        assert!(told.contains("did not answer in 100ms"), "{}", run.log);
    }
}
