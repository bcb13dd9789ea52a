//! The parent of the current span cannot be set any more.

use opentelemetry::Context;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_relay::traced;

#[traced]
fn directly(parent: Context) {
    let _ = tracing::Span::current().set_parent(parent);
}

#[traced]
async fn later(parent: Context) {
    let mut span = Span::current();
    if true {
        let _ = span.set_parent(parent.clone());
    }
    // Another span, which has not started.
    span = tracing::info_span!("other");
    let span = tracing::info_span!("another", id = %span.is_none());
    let _ = span.set_parent(parent);
}

mod with_the_trait_of_this_crate {
    use opentelemetry::Context;
    use tracing::Span;
    use tracing_relay::otel::SpanExt as _;
    use tracing_relay::traced;

    #[traced]
    fn directly(parent: Context) {
        let _ = Span::current().set_parent(parent);
    }
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, traced};

    #[traced(kind = "consumer", carrier = parent)]
    fn directly(parent: TraceCarrier) {
        drop(parent);
    }
}
