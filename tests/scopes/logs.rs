//! Log events inside of a scope are lines of the application, in its spans and by its filters, and no events of the spans
//! of the scope.

use tracing::dispatcher::{self, DefaultGuard};
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Level, debug, error, event, info, info_span, trace, warn};
use tracing_relay::scope::{Settings, outside, run_outside};
use tracing_relay::testing::Pipeline;
use tracing_relay::{TraceScope, relay_traced, traced};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

use crate::applications::{Application, Kind};
use crate::lines::Lines;
use crate::support::{Installed, block_on, named, names, yield_now};

const TARGET: &str = "scopes::logs";

fn layer<S>(lines: &Lines) -> impl tracing_subscriber::Layer<S> + Send + Sync + use<S>
where
    S: tracing::Subscriber + for<'span> registry::LookupSpan<'span>,
{
    fmt::layer()
        .with_ansi(false)
        .without_time()
        .with_writer(lines.clone())
}

fn attach(subscriber: impl tracing::Subscriber + Send + Sync) -> DefaultGuard {
    drop(Pipeline::new().build());
    dispatcher::set_default(&Dispatch::new(subscriber))
}

/// An event of each level.
fn events() {
    error!("error");
    warn!("warn");
    info!("info");
    debug!("debug");
    trace!("trace");
    event!(target: "library", Level::DEBUG, "of a library");
}

#[test]
fn lines_have_the_spans_of_the_application_and_none_of_the_scope() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    async fn operation(attempt: u64) {
        info!(attempt, "linking");
        info_span!("library").in_scope(|| warn!("slow"));
        yield_now().await;
        step();
        run_outside(|| warn!("in a callback"));
        outside(async {
            let _span = info_span!("callback").entered();
            error!("in an async one");
        })
        .await;
    }

    #[traced]
    fn step() {
        info!(reason = "none", "in a step");
    }

    let lines = Lines::default();
    let _attached = attach(registry().with(layer(&lines)));
    let installed = Installed::new(&RELAY);
    info_span!("request", id = 7).in_scope(|| block_on(operation(1)));
    block_on(operation(2));
    let of = |spans: &str, attempt: u64| {
        let callback = match spans {
            "" => "callback: ".to_owned(),
            spans => format!("{}:callback: ", spans.trim_end_matches(": ")),
        };
        [
            format!(" INFO {spans}{TARGET}: linking attempt={attempt}"),
            format!(" WARN {spans}{TARGET}: slow"),
            format!(" INFO {spans}{TARGET}: in a step reason=\"none\""),
            format!(" WARN {spans}{TARGET}: in a callback"),
            format!("ERROR {callback}{TARGET}: in an async one"),
        ]
    };
    let expected = [of("request{id=7}: ", 1), of("", 2)].concat();
    assert_eq!(lines.take(), expected);
    let spans = installed.uninstall();
    assert_eq!(spans.len(), 6);
    assert!(spans.iter().all(|span| span.events.events.is_empty()));
}

#[test]
fn the_application_decides_on_levels() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        events();
        info_span!("library").in_scope(events);
        run_outside(events);
    }

    /// What is written inside is what is written outside.
    fn the_same(lines: &Lines, count: usize) {
        info_span!("request").in_scope(|| {
            events();
            let plain = lines.take();
            assert_eq!(plain.len(), count, "{plain:?}");
            operation();
            let inside = lines.take();
            assert_eq!(inside, [plain.clone(), plain.clone(), plain].concat());
        });
    }

    let mut settings = Vec::new();
    for level in [LevelFilter::INFO, LevelFilter::TRACE, LevelFilter::OFF] {
        let mut of_level = Settings::default();
        of_level.level = level;
        settings.push(of_level);
    }
    for settings in settings {
        let installed = Installed::with(&RELAY, settings);
        let lines = Lines::default();
        {
            let _attached = attach(registry().with(layer(&lines)));
            the_same(&lines, 6);
        }
        {
            let filter = EnvFilter::new("warn,scopes::logs=debug");
            let _attached = attach(registry().with(layer(&lines)).with(filter));
            the_same(&lines, 4);
        }
        {
            let filter = EnvFilter::new("error,library=trace");
            let _attached = attach(registry().with(layer(&lines).with_filter(filter)));
            the_same(&lines, 2);
        }
        {
            let subscriber = registry()
                .with(layer(&lines).with_filter(LevelFilter::WARN))
                .with(layer(&lines).with_filter(LevelFilter::ERROR));
            let _attached = attach(subscriber);
            the_same(&lines, 3);
        }
        {
            // By the span of the application that is current.
            let filter = EnvFilter::new("error,[request]=debug");
            let _attached = attach(registry().with(layer(&lines).with_filter(filter)));
            the_same(&lines, 5);
        }
        {
            let _attached = attach(registry().with(layer(&lines)).with(LevelFilter::OFF));
            the_same(&lines, 0);
        }
        let spans = installed.uninstall();
        assert_eq!(spans.is_empty(), settings.level == LevelFilter::OFF);
        assert!(spans.iter().all(|span| span.events.events.is_empty()));
    }
}

#[test]
fn a_switch_keeps_events_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        events();
        assert!(!tracing::event_enabled!(Level::ERROR));
        run_outside(|| {
            assert!(tracing::event_enabled!(Level::ERROR));
            warn!("in a callback");
        });
    }

    let lines = Lines::default();
    let _attached = attach(registry().with(layer(&lines)));
    let mut settings = Settings::default();
    settings.events = false;
    let installed = Installed::with(&RELAY, settings);
    operation();
    assert_eq!(lines.take(), [format!(" WARN {TARGET}: in a callback")]);
    events();
    assert_eq!(lines.take().len(), 6);
    let spans = installed.uninstall();
    assert_eq!(names(&spans), ["operation"]);
    assert!(spans[0].events.events.is_empty());
}

#[test]
fn events_are_events_of_the_span_that_the_application_has_around_the_operation() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        info!("inside");
        info_span!("library").in_scope(|| warn!("in the library"));
        other();
    }

    #[relay_traced(scope = OTHER, name = "operation")]
    fn other() {
        info!("in two scopes");
    }

    #[traced]
    fn request() {
        operation();
    }

    for kind in [
        Kind::TracingOpentelemetry,
        Kind::Own { activates: true },
        Kind::Own { activates: false },
    ] {
        let application = Application::new(kind);
        let _attached = application.attach();
        let installed = [Installed::new(&RELAY), Installed::new(&OTHER)];
        info_span!("request").in_scope(operation);
        info_span!("outer").in_scope(request);
        let expected = ["inside", "in the library", "in two scopes"];
        let spans = application.spans();
        assert_eq!(names(&spans), ["request", "request", "outer"]);
        for request in &spans[..2] {
            let events = request.events.events.iter();
            let events: Vec<_> = events.map(|event| event.name.as_ref()).collect();
            assert_eq!(events, expected, "{kind:?}");
        }
        assert!(named(&spans, "outer").events.events.is_empty());
        for installed in installed {
            let spans = installed.uninstall();
            assert!(spans.iter().all(|span| span.events.events.is_empty()));
        }
    }
}
