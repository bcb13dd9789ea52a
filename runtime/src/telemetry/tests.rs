//! Each variable set, empty, invalid and in conflict, and the table of the documentation.

use std::fmt::Write as _;

use super::{Settings, VARIABLES, Variable};

/// What these variables are understood as.
fn read(variables: &[(&str, &str)]) -> Settings {
    Settings::read(|name| {
        let found = variables.iter().find(|(set, _)| *set == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

/// What a variable needs beside it to do something.
fn beside(name: &str) -> Vec<(String, &'static str)> {
    let needed = |variable: String, value| vec![(variable, value)];
    if let Some(start) = name.strip_suffix("INSECURE")
        && cfg!(feature = "grpc")
    {
        let endpoint = (format!("{start}ENDPOINT"), "collector:4317");
        vec![(format!("{start}PROTOCOL"), "grpc"), endpoint]
    } else if name == "OTEL_TRACES_SAMPLER_ARG" {
        needed("OTEL_TRACES_SAMPLER".to_owned(), "traceidratio")
    } else if let Some(start) = name.strip_suffix("CLIENT_KEY") {
        needed(format!("{start}CLIENT_CERTIFICATE"), "/etc/client.pem")
    } else if let Some(start) = name.strip_suffix("CLIENT_CERTIFICATE") {
        needed(format!("{start}CLIENT_KEY"), "/etc/client.key")
    } else {
        Vec::new()
    }
}

#[test]
fn the_table_of_the_documentation_is_that_of_the_reader() {
    let mut table = String::from(
        "| variable | what it does | default | example |\n| --- | --- | --- | --- |\n",
    );
    for row in VARIABLES {
        let (name, effect, default, example) = (row.name, row.effect, row.default, row.example);
        let _ = writeln!(table, "| `{name}` | {effect} | {default} | `{example}` |");
    }
    expect_test::expect_file!["variables.md"].assert_eq(&table);
}

#[test]
fn each_variable_does_something_and_its_example_is_understood() {
    for Variable { name, example, .. } in VARIABLES {
        let beside = beside(name);
        let mut variables: Vec<_> = beside
            .iter()
            .map(|(name, value)| (&**name, *value))
            .collect();
        let without = read(&variables);
        variables.push((name, example));
        let with = read(&variables);
        assert_ne!(with, without, "{name}");
        let is_without_effect = name.ends_with("_INSECURE") && cfg!(not(feature = "grpc"));
        if is_without_effect || *name == "OTEL_METRICS_EXEMPLAR_FILTER" {
            assert_eq!(with.warnings().len(), 1, "{name}");
        } else {
            assert_eq!(with.warnings(), <[String; 0]>::default(), "{name}");
        }
    }
}

#[test]
fn empty_is_unset() {
    for Variable { name, .. } in VARIABLES {
        for empty in ["", " ", "\t"] {
            assert_eq!(read(&[(name, empty)]), read(&[]), "{name}");
        }
    }
}

#[test]
fn what_is_invalid_is_told_by_name_and_ignored() {
    for Variable { name, invalid, .. } in VARIABLES {
        let Some(invalid) = invalid else {
            continue;
        };
        let beside = beside(name);
        let mut variables: Vec<_> = beside
            .iter()
            .map(|(name, value)| (&**name, *value))
            .collect();
        let without = read(&variables);
        variables.push((name, invalid));
        let mut with = read(&variables);
        let [warning] = &with.warnings[..] else {
            panic!("{name}: {:?}", with.warnings)
        };
        assert!(warning.starts_with(&format!("`{name}` ")), "{warning}");
        with.warnings.clear();
        assert_eq!(with, without, "{name}");
    }
}

#[test]
fn no_variable_is_read_that_is_not_in_the_table() {
    let asked = std::cell::RefCell::new(Vec::new());
    let _ = Settings::read(|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    });
    let mut asked = asked.into_inner();
    asked.sort();
    asked.dedup();
    let mut known: Vec<_> = VARIABLES.iter().map(|row| row.name.to_owned()).collect();
    known.sort();
    assert_eq!(asked, known);
}

/// Variables, and a line of what is printed.
type Row = (&'static [(&'static str, &'static str)], &'static str);

const CONFLICTS: &[Row] = &[
    (
        &[
            ("OTEL_SERVICE_NAME", "a"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=b,c=d%3D"),
        ],
        "resource:    service.name=a c=d=",
    ),
    (
        &[("OTEL_RESOURCE_ATTRIBUTES", "service.name=b,c=1,c=2")],
        "resource:    service.name=b c=2",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1/x/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b:2"),
        ],
        "traces to:   otlp, http/protobuf to http://b:2/, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1/x/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "b"),
        ],
        "traces to:   otlp, http/protobuf to http://a:1/x/v1/traces, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://u:p@a/?k=s"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0"),
        ],
        "traces to:   otlp, http/protobuf to https://[redacted]@a/v1/traces?[redacted], timeout 3600s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=3,c=4"),
        ],
        "traces to:   otlp, http/protobuf to http://localhost:4318/v1/traces, timeout 10s, header a: [redacted], \
         header b: [redacted], header c: [redacted]",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"),
        ],
        "traces to:   otlp, http/protobuf to http://localhost:4318/v1/traces, timeout 10s",
    ),
    (
        &[("OTEL_TRACES_EXPORTER", "none,Console")],
        "traces to:   console, on stderr",
    ),
    (&[("OTEL_TRACES_EXPORTER", "none")], "traces to:   none"),
    (
        &[
            ("OTEL_TRACES_SAMPLER", "ParentBased_TraceIdRatio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.5"),
        ],
        "sampler:     ParentBased(TraceIdRatio(0.5))",
    ),
    (
        &[("OTEL_TRACES_SAMPLER_ARG", "0.5")],
        "sampler:     ParentBased(AlwaysOn)",
    ),
    (
        &[
            ("OTEL_BSP_MAX_QUEUE_SIZE", "10"),
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ],
        "queue:       10 spans, 33554432 bytes, batches of 10, delay 0ns, timeout 30s",
    ),
    (
        &[
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "10"),
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ],
        "log queue:   10 records, 33554432 bytes, batches of 10, delay 1s, timeout 30s",
    ),
    (
        &[
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "7"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "6"),
        ],
        "log limits:  7 attributes, values of 4 bytes",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1/x/"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b:2"),
        ],
        "logs to:     otlp, http/protobuf to http://a:1/x/v1/logs, timeout 10s",
    ),
    (
        &[
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "5"),
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "7"),
            ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "0"),
        ],
        "limits:      7 attributes, 128 events of 5, 128 links of 0, values of any length",
    ),
    (
        &[
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "7"),
        ],
        "limits:      128 attributes, 128 events of 128, 128 links of 128, values of 7 bytes",
    ),
    (
        &[
            ("OTEL_BSP_MAX_QUEUE_SIZE", "10"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20"),
        ],
        "warning:     `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` is more than `OTEL_BSP_MAX_QUEUE_SIZE` has room for, and a batch is as large as that",
    ),
    (
        &[("OTEL_PROPAGATORS", "baggage,b3")],
        "propagators: [Baggage]",
    ),
    (&[("OTEL_SDK_DISABLED", "TRUE")], "disabled:    all signals"),
];

#[cfg(feature = "grpc")]
const OVER_GRPC: &[Row] = &[
    (
        &[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
        "traces to:   otlp, grpc to http://localhost:4317, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "GRPC"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1/x/?k=s"),
        ],
        "traces to:   otlp, grpc to http://a:1, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1"),
        ],
        "logs to:     otlp, http/json to http://a:1/v1/logs, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "a:1"),
        ],
        "traces to:   otlp, grpc to https://a:1, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "a:1"),
            ("OTEL_EXPORTER_OTLP_INSECURE", "true"),
        ],
        "metrics to:  otlp, grpc to http://a:1, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "a:1"),
            ("OTEL_EXPORTER_OTLP_INSECURE", "true"),
            ("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "false"),
        ],
        "traces to:   otlp, grpc to https://a:1, timeout 10s",
    ),
    (
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://a:1"),
            ("OTEL_EXPORTER_OTLP_INSECURE", "true"),
        ],
        "traces to:   otlp, grpc to https://a:1, timeout 10s",
    ),
];

#[cfg(feature = "grpc")]
#[test]
fn over_grpc_an_endpoint_has_no_path_and_needs_no_scheme() {
    for (variables, line) in OVER_GRPC {
        let settings = read(variables);
        let shown = settings.to_string();
        assert!(
            shown.lines().any(|shown| shown == *line),
            "{variables:?}\n{shown}"
        );
        assert_eq!(settings.warnings(), <[String; 0]>::default(), "{shown}");
    }
}

#[cfg(not(feature = "grpc"))]
#[test]
fn grpc_that_is_not_built_in_is_ignored_with_a_warning_that_names_the_feature() {
    let settings = read(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
    ]);
    let shown = settings.to_string();
    let wanted = "traces to:   otlp, http/json to http://localhost:4318/v1/traces, timeout 10s";
    assert!(shown.lines().any(|shown| shown == wanted), "{shown}");
    let [warning] = settings.warnings() else {
        panic!("{shown}")
    };
    assert!(
        warning
            .starts_with("`OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` is `grpc`, which is not built in")
            && warning.contains("the feature `grpc` of `tracing-relay`"),
        "{warning}"
    );
}

#[test]
fn of_variables_that_are_in_conflict_the_more_specific_one_counts() {
    for (variables, line) in CONFLICTS {
        let shown = read(variables).to_string();
        assert!(
            shown.lines().any(|shown| shown == *line),
            "{variables:?}\n{shown}"
        );
    }
}

#[test]
fn nothing_that_is_shown_has_a_value_of_a_header_or_a_key_in_it() {
    let shown = read(&[
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=hush,hush hush,b=%zzhush"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "https://hush:hush@host/?key=hush#hush",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "hush"),
        ("OTEL_TRACES_EXPORTER", "otlp,hush"),
    ]);
    let shown = format!("{shown} {shown:?} {shown:#?}");
    assert!(!shown.contains("hush"), "{shown}");
    assert!(
        shown.contains("`OTEL_EXPORTER_OTLP_HEADERS` has no header in entry 3"),
        "{shown}"
    );
}
