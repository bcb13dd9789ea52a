//! A provider of logs, traces and metrics that settings describe, and the events of a session.
//!
//! [`OtelProvider`] is made from [`OtelSettings`], and gives the layers of a subscriber. [`SessionTelemetry`] says what
//! happens in a session: as log records, as events that are safe in traces, and as metrics.
//! [`current_span_w3c_trace_context`] and [`set_parent_from_w3c_trace_context`] are for messages that hold a context as
//! text. [`agent`] is what is traced, and holds attributes alone.

pub mod agent;
mod error;
mod events;
mod exporter;
mod instruments;
mod memory;
mod provider;
mod session;
mod settings;
mod trace_context;

pub use error::OtelError;
pub use events::{ApiRequest, TokenUsage, ToolDecision, ToolResult};
pub use exporter::{OtelExporter, OtelHeader, OtelHttpProtocol, OtelTls};
pub use memory::OtelInMemory;
pub use provider::OtelProvider;
pub use session::{SessionMetadata, SessionTelemetry};
pub use settings::OtelSettings;
pub use trace_context::{current_span_w3c_trace_context, set_parent_from_w3c_trace_context};
