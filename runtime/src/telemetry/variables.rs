//! [`VARIABLES`]: the variables that [`Settings::read`](super::Settings::read) reads, for the table in the documentation and
//! for the tests.

/// A variable that [`Telemetry::from_env`](super::Telemetry::from_env) reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub effect: &'static str,
    /// What holds where it is unset, empty or of no use.
    pub default: &'static str,
    /// A value that changes something.
    pub example: &'static str,
    /// A value that is of no use; `None` where each is.
    pub invalid: Option<&'static str>,
}

const fn row(
    name: &'static str,
    effect: &'static str,
    default: &'static str,
    example: &'static str,
    invalid: Option<&'static str>,
) -> Variable {
    Variable {
        name,
        effect,
        default,
        example,
        invalid,
    }
}

/// Each variable that is read, in the order of the table above.
pub const VARIABLES: &[Variable] = &[
    row(
        "OTEL_SDK_DISABLED",
        "`true`: no spans, no thread, no exporter; traces that come in are passed on all the same",
        "`false`",
        "true",
        Some("1"),
    ),
    row(
        "OTEL_SERVICE_NAME",
        "the name of the service; wins over `service.name` in `OTEL_RESOURCE_ATTRIBUTES`",
        "`unknown_service:` and the name of the program",
        "orders",
        None,
    ),
    row(
        "OTEL_RESOURCE_ATTRIBUTES",
        "`key=value` between commas, percent-encoded; one that cannot be decoded discards all",
        "none",
        "deployment.environment.name=a%2Cb",
        Some("a=%zz"),
    ),
    row(
        "OTEL_TRACES_EXPORTER",
        "`otlp`, `console` (a tree on stderr) or `none`; several between commas",
        "`otlp`",
        "console",
        Some("zipkin"),
    ),
    row(
        "OTEL_TRACES_SAMPLER",
        "`always_on`, `always_off`, `traceidratio`, and each of them behind `parentbased_`",
        "`parentbased_always_on`",
        "always_off",
        Some("jaeger_remote"),
    ),
    row(
        "OTEL_TRACES_SAMPLER_ARG",
        "the part of the traces that `traceidratio` keeps, from 0 to 1",
        "1",
        "0.25",
        Some("half"),
    ),
    row(
        "OTEL_PROPAGATORS",
        "what code on OpenTelemetry's API gets: `tracecontext`, `baggage`, several between commas, or `none`; attributes always read and write both",
        "`tracecontext,baggage`",
        "none",
        Some("b3"),
    ),
    row(
        "OTEL_BSP_SCHEDULE_DELAY",
        "milliseconds that a span waits at most for others to go with",
        "1000 (the specification: 5000)",
        "200",
        Some("1s"),
    ),
    row(
        "OTEL_BSP_EXPORT_TIMEOUT",
        "milliseconds that a batch may take at most, also where the next timeout is longer; 0 is an hour",
        "30000",
        "500",
        Some("-1"),
    ),
    row(
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "spans that wait at most, within 32 MiB",
        "131072 (the specification: 2048)",
        "4096",
        Some("0"),
    ),
    row(
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "spans of a batch, at most those of the queue",
        "512",
        "64",
        Some("many"),
    ),
    row(
        "OTEL_ATTRIBUTE_COUNT_LIMIT",
        "attributes of a span, an event or a link, where it has no limit of its own",
        "128",
        "32",
        Some("-1"),
    ),
    row(
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "attributes of a span",
        "128",
        "16",
        Some("1.5"),
    ),
    row(
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
        "attributes of an event",
        "128",
        "8",
        Some("all"),
    ),
    row(
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "attributes of a link",
        "128",
        "4",
        Some("all"),
    ),
    row(
        "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "events of a span",
        "128",
        "64",
        Some("-128"),
    ),
    row(
        "OTEL_SPAN_LINK_COUNT_LIMIT",
        "links of a span",
        "128",
        "64",
        Some("4294967296"),
    ),
    row(
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "bytes of a text, where there is no limit for spans; what is longer is cut between two characters",
        "no limit",
        "4096",
        Some("4k"),
    ),
    row(
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "the same for spans",
        "no limit",
        "1024",
        Some("-1"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "the base URL of the collector, to which `/v1/traces` is added",
        "`http://localhost:4318`",
        "https://collector.example",
        Some("collector:4318"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "the whole URL for traces, used as it is",
        "that of the base URL",
        "https://collector.example/traces",
        Some("ftp://collector.example"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "`http/protobuf` or `http/json`; `grpc` is not built in, and ignored with a warning",
        "`http/protobuf`",
        "http/json",
        Some("grpc"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "the same for traces",
        "that for all signals",
        "http/json",
        Some("thrift"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "`name=value` between commas, values percent-encoded: headers of each request",
        "none",
        "api-key=a%20secret",
        Some("a b=secret"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "the same for traces, beside those for all signals; of two with one name this one counts",
        "none",
        "api-key=secret",
        Some("secret"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "milliseconds that a batch may take, with what is tried again; 0 is an hour",
        "10000",
        "3000",
        Some("3s"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "the same for traces",
        "that for all signals",
        "2000",
        Some("-2"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "`gzip` or `none`",
        "`none`",
        "gzip",
        Some("zstd"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "the same for traces",
        "that for all signals",
        "gzip",
        Some("deflate"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "a file in PEM with the certificates that are trusted, in the place of the system's",
        "the system's",
        "/etc/collector/ca.pem",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
        "the same for traces",
        "that for all signals",
        "/etc/collector/traces.pem",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "a file in PEM with the client's chain of certificates; needs the key",
        "none",
        "/etc/client.pem",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
        "the same for traces",
        "that for all signals",
        "/etc/client.pem",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "a file in PEM with the client's key; needs the certificate",
        "none",
        "/etc/client.key",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
        "the same for traces",
        "that for all signals",
        "/etc/client.key",
        None,
    ),
    row(
        "OTEL_EXPORTER_OTLP_INSECURE",
        "nothing, with a warning: it is for gRPC, and over HTTP the scheme of the URL decides",
        "`false`",
        "true",
        Some("yes"),
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
        "the same for traces",
        "`false`",
        "true",
        Some("yes"),
    ),
    row(
        "RUST_LOG",
        "what of the log is on stderr, as `target=level` between commas; never what is exported",
        "`info`",
        "warn,orders=debug",
        Some("orders=loud"),
    ),
];
