//! The names of the attributes that this crate records by itself.

/// How a span ended: `completed`, `cancelled`, `failed` or `panicked`. Once on each span.
pub const OUTCOME: &str = "relay.outcome";

/// The type of the error that a span failed with
/// ([general attributes, `error.type`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/)).
pub const ERROR_TYPE: &str = "error.type";

/// The id of the trace, for log lines. Off with `log_ids = false`.
pub const TRACE_ID: &str = "trace_id";

/// The id of the span, for log lines. Off with `log_ids = false`.
pub const SPAN_ID: &str = "span_id";
