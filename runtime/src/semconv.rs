//! Names of the attributes that this crate puts on spans.

/// How a span ended: `completed`, `cancelled`, `failed` or `panicked`.
pub const OUTCOME: &str = "relay.outcome";
