//! What stands for a library of somebody else: it makes its own spans, with `tracing` and with
//! OpenTelemetry's API, and knows of no scope. The component and the application both use it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use opentelemetry::global;
use opentelemetry::trace::Tracer as _;
use tracing::info_span;

/// A number that stands for a text. It is no signature.
#[must_use]
pub fn digest(text: &str) -> u64 {
    let span = info_span!("library.digest", bytes = text.len());
    span.in_scope(|| {
        // Whose tracer that is was said by whoever set the global one.
        global::tracer("library").in_span("library.hash", |_| {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            hasher.finish()
        })
    })
}
