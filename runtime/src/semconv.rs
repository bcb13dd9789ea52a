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

/// The milliseconds between an attempt that failed and the one that is linked to it, as an integer: on the link.
pub const RETRY_DELAY_MS: &str = "retry.delay_ms";

/// Why there is another attempt: on the link.
pub const RETRY_REASON: &str = "retry.reason";

/// The file of the code that a span is of
/// ([code attributes](https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/)).
#[cfg(feature = "engine")]
pub const CODE_FILE_PATH: &str = "code.file.path";

/// The line in that file.
#[cfg(feature = "engine")]
pub const CODE_LINE_NUMBER: &str = "code.line.number";

/// The function that a span is of, with its module.
#[cfg(feature = "engine")]
pub const CODE_FUNCTION_NAME: &str = "code.function.name";

/// What an error says
/// ([exception attributes](https://opentelemetry.io/docs/specs/semconv/registry/attributes/exception/)).
#[cfg(feature = "engine")]
pub const EXCEPTION_MESSAGE: &str = "exception.message";

/// What an error came from.
#[cfg(feature = "engine")]
pub const EXCEPTION_STACKTRACE: &str = "exception.stacktrace";

/// The number of the thread that a span ended on
/// ([thread attributes](https://opentelemetry.io/docs/specs/semconv/registry/attributes/thread/)).
#[cfg(feature = "engine")]
pub const THREAD_ID: &str = "thread.id";

/// The name of that thread.
#[cfg(feature = "engine")]
pub const THREAD_NAME: &str = "thread.name";

/// The target of a span or an event of `tracing`.
#[cfg(feature = "engine")]
pub const TARGET: &str = "target";

/// The level of a span or an event of `tracing`.
#[cfg(feature = "engine")]
pub const LEVEL: &str = "level";
