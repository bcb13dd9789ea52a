//! A span that is called like the current one before, or like `tracing`'s, can have its parent set.

use opentelemetry::Context;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_relay::traced;

mod editor {
    pub struct Span;

    impl Span {
        pub fn current() -> Self {
            Self
        }

        pub fn set_parent(&self, _: ()) {}
    }
}

fn other() -> Option<Span> {
    Some(info_span!("other"))
}

#[traced]
fn parameters_and_patterns() {
    let span = Span::current();
    span.record("a", 1);
    let set = |span: Span| span.set_parent(Context::new());
    let _ = other().map(set);
    let span = Span::current();
    span.record("a", 2);
    for span in [info_span!("listed")] {
        let _ = span.set_parent(Context::new());
    }
    let span = Span::current();
    span.record("a", 3);
    if let Some(span) = other() {
        let _ = span.set_parent(Context::new());
    }
    let span = Span::current();
    span.record("a", 4);
    let _ = match other() {
        Some(span) => span.set_parent(Context::new()),
        None => Ok(()),
    };
}

#[traced]
fn another_of_the_same_name(span: Span) {
    {
        let span = Span::current();
        span.record("a", 1);
    }
    let _ = span.set_parent(Context::new());
    let mut span = Span::current();
    span.record("a", 2);
    span = info_span!("assigned");
    let _ = span.set_parent(Context::new());
    let span = Span::current();
    span.record("a", 3);
    let span: Span = info_span!("typed");
    let _ = span.set_parent(Context::new());
    editor::Span::current().set_parent(());
}

fn main() {
    parameters_and_patterns();
    another_of_the_same_name(info_span!("given"));
}
