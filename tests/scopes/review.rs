//! What once went wrong at the border of a scope.

use std::fmt;

use opentelemetry::Context;
use tracing::{Span, error_span, event, info_span, span};
use tracing_relay::scope::{outside, run_outside};
use tracing_relay::task::TaskContext;
use tracing_relay::testing::Pipeline;
use tracing_relay::{TraceCarrier, TraceScope, relay_traced, traced};
use tracing_subscriber::layer::{self, SubscriberExt as _};
use tracing_subscriber::{Layer, fmt as lines, registry};

use crate::lines::Lines;
use crate::support::{Installed, assert_child, assert_root, block_on, named, names, span_id};

#[test]
fn an_outgoing_carrier_of_an_operation_that_is_not_wanted_has_no_id_of_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, kind = "client", level = "debug")]
    fn quiet(trace: &mut TraceCarrier) {}

    #[relay_traced(scope = RELAY)]
    fn operation(trace: &mut TraceCarrier) {
        quiet(trace);
    }

    Pipeline::new().run_sync(|_| {
        let installed = Installed::new(&RELAY);
        let _request = info_span!("request").entered();
        let mut alone = TraceCarrier::none();
        quiet(&mut alone);
        assert_eq!(alone.context(), None);
        let mut below = TraceCarrier::none();
        operation(&mut below);
        let spans = installed.uninstall();
        assert_eq!(
            below.context().map(|context| context.span_id().to_string()),
            Some(span_id(named(&spans, "operation")).to_string())
        );
    });
}

/// A context's value that is neither a span nor baggage.
#[derive(Debug, PartialEq, Eq)]
struct Tenant(u64);

#[test]
fn a_callback_finds_values_of_a_context_without_a_span() {
    static RELAY: TraceScope = TraceScope::new("relay");

    fn tenant() -> Option<u64> {
        Context::map_current(|context| context.get::<Tenant>().map(|Tenant(tenant)| *tenant))
    }

    #[relay_traced(scope = RELAY)]
    async fn operation() -> [Option<u64>; 2] {
        [run_outside(tenant), outside(async { tenant() }).await]
    }

    let installed = Installed::new(&RELAY);
    let _attached = Context::new().with_value(Tenant(7)).attach();
    assert_eq!(block_on(operation()), [Some(7), Some(7)]);
    assert_eq!(RELAY.run(|| run_outside(tenant)), Some(7));
    assert_eq!(names(&installed.uninstall()), ["operation"]);
}

/// A value that has no text.
struct Fails;

impl fmt::Display for Fails {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

impl fmt::Debug for Fails {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

impl std::error::Error for Fails {}

#[test]
fn an_event_below_a_span_of_the_scope_whose_values_have_no_text_is_still_a_line() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY)]
    fn operation() {
        let span = error_span!("step");
        let error: &(dyn std::error::Error + 'static) = &Fails;
        event!(parent: &span, tracing::Level::ERROR, value = %Fails, other = ?Fails, error, "told");
    }

    let written = Lines::default();
    let layer = lines::layer().with_ansi(false).with_writer(written.clone());
    let subscriber = registry().with(layer);
    let _application = tracing::subscriber::set_default(subscriber);
    let installed = Installed::new(&RELAY);
    operation();
    assert_eq!(names(&installed.uninstall()), ["step", "operation"]);
    let written = written.take().join("");
    assert!(written.contains("told"), "{written}");
    assert!(written.contains("value=(no text)"), "{written}");
}

#[test]
fn the_current_span_in_an_operation_that_is_not_wanted_is_the_one_around_it() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, level = "debug")]
    fn quiet() -> Span {
        Span::current()
    }

    #[relay_traced(scope = RELAY)]
    fn operation() -> Span {
        quiet()
    }

    let installed = Installed::new(&RELAY);
    let current = operation();
    RELAY.run(|| info_span!(parent: &current, "later").in_scope(|| ()));
    drop(current);
    let spans = installed.uninstall();
    assert_child(named(&spans, "later"), named(&spans, "operation"));
}

#[test]
fn where_opentelemetry_is_asked_to_trace_nothing_inside_of_a_scope_nothing_is_recorded() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY)]
    fn inner() {}

    #[traced]
    fn step() {}

    #[relay_traced(scope = RELAY)]
    fn operation() {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        inner();
        step();
        info_span!("library").in_scope(|| ());
    }

    let installed = Installed::new(&RELAY);
    operation();
    let spans = installed.uninstall();
    assert_eq!(names(&spans), ["operation"]);
    assert_root(named(&spans, "operation"));
}

/// A value whose text is what a function returns.
struct Shows(fn() -> &'static str);

impl fmt::Display for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str((self.0)())
    }
}

#[test]
fn an_operation_that_the_text_of_a_value_calls_inside_of_a_subscriber_is_a_call_and_no_panic() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY)]
    fn text() -> &'static str {
        run_outside(|| RELAY.run(|| "text"))
    }

    #[relay_traced(scope = RELAY)]
    fn operation() {
        info_span!("step", value = %Shows(text)).in_scope(|| ());
    }

    let written = Lines::default();
    let layer = lines::layer().with_ansi(false).with_writer(written.clone());
    let _application = tracing::subscriber::set_default(registry().with(layer));
    let installed = Installed::new(&RELAY);
    operation();
    event!(tracing::Level::INFO, value = %Shows(text), "told");
    assert_eq!(text(), "text");
    assert_eq!(names(&installed.uninstall()), ["step", "operation", "text"]);
    let written = written.take().join("");
    assert!(written.contains("value=text"), "{written}");
}

#[test]
fn a_task_that_the_text_of_a_value_runs_inside_of_a_subscriber_is_a_call_and_no_panic() {
    static RELAY: TraceScope = TraceScope::new("relay");

    fn text() -> &'static str {
        TaskContext::current().run(|| "text")
    }

    #[relay_traced(scope = RELAY)]
    fn operation() {
        info_span!("step", value = %Shows(text)).in_scope(|| ());
        event!(tracing::Level::INFO, value = %Shows(text), "told");
    }

    let written = Lines::default();
    let layer = lines::layer().with_ansi(false).with_writer(written.clone());
    let _application = tracing::subscriber::set_default(registry().with(layer));
    let installed = Installed::new(&RELAY);
    operation();
    assert_eq!(names(&installed.uninstall()), ["step", "operation"]);
    let written = written.take().join("");
    assert!(written.contains("value=text"), "{written}");
}

static LAYERED: TraceScope = TraceScope::new("layered");

/// A layer of the application that calls operations.
struct Calls;

impl Calls {
    #[relay_traced(scope = LAYERED, name = "layered")]
    fn operation() {}
}

impl<S: tracing::Subscriber> Layer<S> for Calls {
    fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: layer::Context<'_, S>) {
        Self::operation();
    }

    fn on_event(&self, _: &tracing::Event<'_>, _: layer::Context<'_, S>) {
        Self::operation();
    }
}

#[test]
fn a_layer_of_the_application_that_calls_operations_does_not_panic() {
    #[relay_traced(scope = LAYERED)]
    fn operation() {
        event!(tracing::Level::INFO, "inside");
        run_outside(|| info_span!("callback").in_scope(|| ()));
    }

    let _application = tracing::subscriber::set_default(registry().with(Calls));
    let installed = Installed::new(&LAYERED);
    info_span!("request").in_scope(operation);
    event!(tracing::Level::INFO, "outside");
    assert_eq!(names(&installed.uninstall()), ["operation"]);
}
