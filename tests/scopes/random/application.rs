//! The applications of random programs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber, dispatcher};
use tracing_relay::engine::{Engine, QueueLimits};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, registry};

use super::checker::{Checker, Checking, Realm};

/// What the application traces with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// tracing-opentelemetry with its defaults.
    TracingOpentelemetry,
    /// The engine of this crate, with context activation and beside a layer that wants all spans.
    Own,
    /// The engine alone, without context activation.
    OwnAlone,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::TracingOpentelemetry, Self::Own, Self::OwnAlone];
}

pub(crate) struct Application {
    pub(crate) kind: Kind,
    pub(crate) dispatch: Dispatch,
    pub(crate) tracer: SdkTracer,
    provider: SdkTracerProvider,
    engine: Option<Engine>,
    pub(crate) events: Arc<AtomicU64>,
}

/// A queue that loses nothing however slow the exporter is.
pub(crate) fn queue() -> QueueLimits {
    let mut limits = QueueLimits::default();
    limits.spans = 1 << 20;
    limits.bytes = 1 << 30;
    limits
}

impl Application {
    pub(crate) fn new(kind: Kind, checker: &Arc<Checker>) -> Self {
        let exporter = Checking {
            realm: Realm::Application,
            checker: Arc::clone(checker),
        };
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        let tracer = provider.tracer("application");
        let events = Arc::<AtomicU64>::default();
        let marker = Marker {
            checker: Arc::clone(checker),
            events: Arc::clone(&events),
        };
        let mut engine = None;
        let dispatch = if kind == Kind::TracingOpentelemetry {
            let layer = tracing_opentelemetry::layer().with_tracer(tracer.clone());
            Dispatch::new(registry().with(layer).with(marker))
        } else {
            let own = Engine::builder()
                .with_exporter(exporter)
                .with_queue(queue())
                .with_context_activation(kind == Kind::Own)
                .build()
                .expect("a thread can be started");
            let subscriber = registry().with(own.layer());
            engine = Some(own);
            if kind == Kind::Own {
                Dispatch::new(subscriber.with(marker))
            } else {
                Dispatch::new(subscriber.with(marker.with_filter(LevelFilter::OFF)))
            }
        };
        Self {
            kind,
            dispatch,
            tracer,
            provider,
            engine,
            events,
        }
    }

    /// Whether events come to [`Marker`].
    pub(crate) fn sees_events(&self) -> bool {
        self.kind != Kind::OwnAlone
    }

    /// Whether OpenTelemetry's current context is that of the innermost span.
    pub(crate) fn activates(&self) -> bool {
        self.kind != Kind::OwnAlone
    }

    /// Exports all that has ended.
    pub(crate) fn flush(&self, timeout: Duration) {
        if let Some(engine) = &self.engine {
            assert!(engine.flush(timeout), "the application's exporter takes it");
        }
        self.provider.force_flush().expect("there is nothing left");
    }
}

/// Whether the current subscriber is that of the application.
pub(crate) fn is_current() -> bool {
    dispatcher::get_default(|dispatch| dispatch.downcast_ref::<Marker>().is_some())
}

/// Knows the numbers of the application's spans, and compares that of the current one with what an event expects.
struct Marker {
    checker: Arc<Checker>,
    events: Arc<AtomicU64>,
}

/// The number of a span.
struct Number(i64);

/// Finds a number among values.
struct Find(&'static str, i64);

impl Visit for Find {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == self.0 {
            self.1 = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Marker {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut found = Find("n", 0);
        attributes.record(&mut found);
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().insert(Number(found.1));
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut found = Find("at", -1);
        event.record(&mut found);
        if found.1 == -1 {
            return;
        }
        self.events.fetch_add(1, Ordering::Relaxed);
        let current = ctx.event_span(event);
        let number = current.and_then(|span| Some(span.extensions().get::<Number>()?.0));
        if number.unwrap_or_default() != found.1 {
            self.checker
                .mistake(|| format!("an event of {} is in {number:?}", found.1));
        }
    }
}
