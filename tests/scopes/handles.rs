//! Handles of spans on the other side of a scope, where the application has a bare `Registry`, which panics at an id that
//! it does not know, and mistakes one that it knows for its own.

use std::error::Error;
use std::fmt;

use opentelemetry_sdk::trace::SpanData;
use tracing::dispatcher::{self, DefaultGuard};
use tracing::span::Id;
use tracing::{Dispatch, Level, Span, info, info_span, span};
use tracing_relay::testing::Pipeline;
use tracing_relay::{TraceScope, relay_traced};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{fmt as lines, registry};

use crate::applications::{Application, Kind};
use crate::lines::Lines;
use crate::support::{Installed, assert_child, assert_root, named, names};

/// Makes a bare registry with log lines that of this thread.
fn bare() -> (Lines, DefaultGuard) {
    drop(Pipeline::new().build());
    let written = Lines::default();
    let lines = lines::layer()
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_writer(written.clone());
    let guard = dispatcher::set_default(&Dispatch::new(registry().with(lines)));
    (written, guard)
}

/// Spans of the application whose numbers are those that any registry begins with.
fn of_the_application() -> Vec<Span> {
    (0_u64..64)
        .map(|request| info_span!("request", request))
        .collect()
}

#[test]
fn a_parent_of_the_application_is_none_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(requests: &[Span]) {
        let library = info_span!("library");
        let _entered = library.enter();
        for request in requests {
            info_span!(parent: request, "of request")
                .in_scope(|| info_span!("below").in_scope(|| {}));
            info_span!(parent: request.id(), "of id").in_scope(|| {});
        }
        info_span!(parent: None, "root").in_scope(|| {});
        info_span!(parent: &library, "explicit").in_scope(|| {});
    }

    let (_lines, _guard) = bare();
    let requests = of_the_application();
    let installed = Installed::new(&RELAY);
    requests[7].in_scope(|| operation(&requests));
    let spans = installed.uninstall();
    assert_eq!(spans.len(), 4 + 3 * requests.len());
    let library = named(&spans, "library");
    assert_child(named(&spans, "explicit"), library);
    assert_root(named(&spans, "root"));
    assert_root(named(&spans, "operation"));
    let of = |name: &str| -> Vec<SpanData> {
        let found = spans.iter().filter(|span| span.name == name);
        found.cloned().collect()
    };
    for span in of("of request").iter().chain(&of("of id")) {
        assert_child(span, library);
    }
    for (below, above) in of("below").iter().zip(&of("of request")) {
        assert_child(below, above);
    }
}

#[test]
fn following_a_span_across_the_border_links_nothing() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(requests: &[Span]) -> (Span, Option<Id>) {
        let before = info_span!("before");
        let library = info_span!("library");
        for request in requests {
            library.follows_from(request);
            // One of the application follows one of the scope.
            request.follows_from(&library);
        }
        library.follows_from(&before);
        library.follows_from(before.id());
        Span::current().follows_from(requests[0].id());
        (before, library.id())
    }

    let (_lines, _guard) = bare();
    let requests = of_the_application();
    let installed = Installed::new(&RELAY);
    let (before, closed) = operation(&requests);
    before.follows_from(&requests[0]);
    requests[0].follows_from(&before);
    requests[0].follows_from(closed);
    drop(before);
    let spans = installed.uninstall();
    assert_eq!(names(&spans), ["library", "operation", "before"]);
    let links = &named(&spans, "library").links.links;
    assert_eq!(links.len(), 2);
    for link in links {
        assert_eq!(link.span_context, named(&spans, "before").span_context);
    }
    assert!(named(&spans, "operation").links.links.is_empty());
    assert!(named(&spans, "before").links.links.is_empty());
}

/// A text over two lines, with a `Debug` of its own.
struct Odd;

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Odd { \"text\" }")
    }
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("odd \"text\"")
    }
}

#[derive(Debug)]
struct Failed(&'static str, Option<Box<Failed>>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &Failed = self.1.as_deref()?;
        Some(source)
    }
}

#[test]
fn an_event_whose_parent_is_a_span_of_the_scope_is_a_line_of_the_current_span() {
    static RELAY: TraceScope = TraceScope::new("relay");

    /// The same event with the parent and without.
    macro_rules! both {
        ($lines:ident, $parent:ident, $($event:tt)*) => {{
            info!($($event)*);
            info!(parent: &$parent, $($event)*);
            let id = $parent.id();
            info!(parent: id, $($event)*);
            let written = $lines.take();
            assert_eq!(written.len(), 3, "{written:?}");
            assert!(written[0].starts_with(" INFO request{request=7}: "), "{}", written[0]);
            assert_eq!(written[1], written[0]);
            assert_eq!(written[2], written[0]);
        }};
    }

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(lines: &Lines) {
        let parent = info_span!("library");
        let cause = Failed(
            "the relay is closed",
            Some(Box::new(Failed("reset by peer", None))),
        );
        let error: &(dyn Error + 'static) = &cause;
        let one = Failed("alone", None);
        let alone: &(dyn Error + 'static) = &one;
        let nothing: Option<u64> = None;
        both!(lines, parent, "a message");
        both!(lines, parent, attempt = 1, "a message of {}", "two parts");
        both!(
            lines,
            parent,
            signed = -1_i64,
            unsigned = u64::MAX,
            small = 1_u8
        );
        both!(lines, parent, signed = i128::MIN, unsigned = u128::MAX);
        both!(
            lines,
            parent,
            one = 1.0_f64,
            half = 0.5_f32,
            many = 1e300_f64,
            not = f64::NAN
        );
        both!(lines, parent, yes = true, no = false);
        both!(
            lines,
            parent,
            text = "a \"quoted\" text",
            empty = "",
            owned = String::from("owned")
        );
        both!(lines, parent, debug = ?Odd, display = %Odd, "odd");
        both!(lines, parent, error, "failed");
        both!(lines, parent, alone, "failed");
        both!(lines, parent, some = Some(1), nothing, list = ?[Some("a"), None]);
        both!(lines, parent, bytes = &b"bytes"[..], "bytes");
        both!(
            lines,
            parent,
            a.b = 1,
            "quoted key" = 2,
            r#type = 3,
            "three keys"
        );
    }

    let (written, _guard) = bare();
    let requests = of_the_application();
    let installed = Installed::new(&RELAY);
    requests[7].in_scope(|| operation(&written));
    assert_eq!(names(&installed.uninstall()), ["library", "operation"]);
}

#[test]
fn an_event_whose_parent_is_of_the_application_keeps_it() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(request: &Span) {
        info!(parent: request, "with a parent");
        info!(parent: None, "without");
        info!("where it is");
        info_span!("library").in_scope(|| info!(parent: request, "in the library"));
    }

    let (written, _guard) = bare();
    let requests = of_the_application();
    let installed = Installed::new(&RELAY);
    requests[7].in_scope(|| operation(&requests[11]));
    assert_eq!(
        written.take(),
        [
            " INFO request{request=11}: with a parent",
            " INFO without",
            " INFO request{request=7}: where it is",
            " INFO request{request=11}: in the library",
        ]
    );
    assert_eq!(names(&installed.uninstall()), ["library", "operation"]);
}

#[test]
fn handles_outlive_their_scope_and_ids_their_spans() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(closed: &Id) -> Span {
        info_span!(parent: closed, "of a closed one").in_scope(|| {});
        info!(parent: closed, "an event");
        let handle = info_span!("handle", late = tracing::field::Empty);
        handle.follows_from(closed);
        handle
    }

    #[relay_traced(scope = RELAY, name = "first")]
    fn first() -> Option<Id> {
        info_span!("closed").id()
    }

    let (written, _guard) = bare();
    let requests = of_the_application();
    let installed = Installed::new(&RELAY);
    let closed = first().expect("it was enabled");
    let handle = requests[7].in_scope(|| operation(&closed));
    assert_eq!(written.take(), [" INFO request{request=7}: an event"]);
    assert!(
        installed
            .installation
            .uninstall(std::time::Duration::from_secs(5))
    );
    requests[3].in_scope(|| {
        let copy = handle.clone();
        let _entered = handle.enter();
        handle.record("late", 7);
        copy.follows_from(&closed);
        copy.in_scope(|| info!("outside"));
        drop(copy);
    });
    drop(handle);
    assert_eq!(written.take(), [" INFO request{request=3}: outside"]);
    let spans = installed.spans();
    let found = names(&spans);
    assert_eq!(
        found,
        ["closed", "first", "of a closed one", "operation", "handle"]
    );
    assert!(spans.iter().all(|span| span.links.links.is_empty()));
    for name in ["of a closed one", "handle"] {
        assert_child(named(&spans, name), named(&spans, "operation"));
    }
    let late = &named(&spans, "handle").attributes;
    assert!(late.iter().any(|at| at.key.as_str() == "late"));
}

#[test]
fn a_span_of_the_application_that_ends_inside_ends_with_those_around_it() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation(last: Span) {
        drop(last);
    }

    for kind in [
        Kind::TracingOpentelemetry,
        Kind::Own { activates: true },
        Kind::Reload,
        Kind::Filters,
    ] {
        let application = Application::new(kind);
        let _attached = application.attach();
        let installed = Installed::new(&RELAY);
        let outer = info_span!("user.outer");
        let middle = info_span!(parent: &outer, "user.middle");
        let last = info_span!(parent: &middle, "user.last");
        drop((outer, middle));
        assert_eq!(application.spans().len(), 0);
        operation(last);
        let spans = application.spans();
        assert_eq!(names(&spans), ["user.last", "user.middle", "user.outer"]);
        assert_eq!(names(&installed.uninstall()), ["operation"]);
    }
}

#[test]
fn levels_of_a_scope_are_about_spans() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        span!(Level::DEBUG, "debug").in_scope(|| info_span!("info").in_scope(|| {}));
        span!(Level::TRACE, "trace").in_scope(|| span!(Level::WARN, "warn").in_scope(|| {}));
    }

    let (_written, _guard) = bare();
    let installed = Installed::new(&RELAY);
    operation();
    let spans = installed.uninstall();
    assert_eq!(names(&spans), ["info", "warn", "operation"]);
    for span in &spans[..2] {
        assert_child(span, &spans[2]);
    }
    let mut settings = tracing_relay::scope::Settings::default();
    settings.level = tracing::level_filters::LevelFilter::TRACE;
    let installed = Installed::with(&RELAY, settings);
    operation();
    assert_eq!(installed.uninstall().len(), 5);
}
