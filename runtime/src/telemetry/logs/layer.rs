//! [`LogLayer`]: events of `tracing` as log records, with the ids of the span that they are in.
//!
//! The record is made here and not by the logger of the SDK. That one asks OpenTelemetry for the span of an event which says
//! that it has none, knows nothing where contexts are not activated, and panics at the end of a thread.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::{LogRecord as _, Logger as _, Severity};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLogger};
use tracing::dispatcher::WeakDispatch;
use tracing::level_filters::LevelFilter;
use tracing::span::Id;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Filter};

use super::fields::{Fields, Place};
use super::queue::Queue;
use super::record::Record;
use super::settings::LogLimits;
use crate::context::TraceContext;
use crate::current::{self, Realm};
use crate::engine::Recorder;

/// The layer. It is one also where nothing is exported, and not an `Option`: what is in one of those is not told about its
/// subscriber.
pub(super) struct LogLayer {
    export: Option<LogExport>,
    /// The subscriber that this is in. While an event is given to layers, none is current.
    subscriber: OnceLock<WeakDispatch>,
}

/// Where records go, and how they are made.
pub(super) struct LogExport {
    pub(super) queue: Arc<Queue>,
    /// Makes empty records: they have no constructor.
    pub(super) blank: SdkLogger,
    pub(super) instrumentation: InstrumentationScope,
    pub(super) limits: LogLimits,
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        // A layer is in one subscriber.
        let _ = self.subscriber.set(subscriber.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(export) = &self.export else {
            return;
        };
        // Exporters of OpenTelemetry ask that their own work is not logged: it would never end.
        if crate::otel::is_suppressed() {
            return;
        }
        let mut log = export.blank.create_log_record();
        if let Some(context) = self.context_of(event) {
            set_context(&mut log, &context);
        }
        let dropped_attributes = write(&mut log, event, export.limits);
        export.queue.push(Record {
            log,
            instrumentation: export.instrumentation.clone(),
            dropped_attributes,
        });
    }
}

impl LogLayer {
    pub(super) const fn new(export: Option<LogExport>) -> Self {
        Self {
            export,
            subscriber: OnceLock::new(),
        }
    }

    /// The span that an event belongs to. In a scope it is one of the application.
    fn context_of(&self, event: &Event<'_>) -> Option<TraceContext> {
        if event.is_root() {
            return None;
        }
        match event.parent() {
            Some(id) => self.context_of_span(id),
            None => self.current_context(),
        }
    }

    fn current_context(&self) -> Option<TraceContext> {
        current::settled_context_in(Realm::APPLICATION)
            .or_else(|| self.context_of_their_span())
            .or_else(|| current::context_in(Realm::APPLICATION))
    }

    /// That of the current span where only the layer of tracing-opentelemetry knows it, because it does not activate
    /// contexts. What is active for OpenTelemetry is then nothing, or the annotated function around it.
    fn context_of_their_span(&self) -> Option<TraceContext> {
        let subscriber = self.subscriber()?;
        if Recorder::of(&subscriber).is_some() {
            return None;
        }
        if let Some(active) = crate::otel::current_span_id() {
            let ours = current::frame_context_in(Realm::APPLICATION)?;
            if ours.span_id() != active {
                return None;
            }
        }
        let current = subscriber.current_span();
        crate::otel::context_of_span(current.id()?, &subscriber)
    }

    fn subscriber(&self) -> Option<Dispatch> {
        self.subscriber.get()?.upgrade()
    }

    /// By the subscriber: to a layer that wants no spans its own view shows none.
    fn context_of_span(&self, id: &Id) -> Option<TraceContext> {
        let subscriber = self.subscriber()?;
        let Some(recorder) = Recorder::of(&subscriber) else {
            return crate::otel::context_of_span(id, &subscriber);
        };
        let mut found = None;
        (recorder.with_open)(&subscriber, id, &mut |open| {
            found = Some(open.context().clone());
        });
        found
    }
}

fn set_context(log: &mut SdkLogRecord, context: &TraceContext) {
    log.set_trace_context(
        opentelemetry::TraceId::from_bytes(context.trace_id().to_bytes()),
        opentelemetry::SpanId::from_bytes(context.span_id().to_bytes()),
        Some(opentelemetry::TraceFlags::new(context.flags().bits())),
    );
}

/// Writes all else, and returns how many attributes were over the limit.
fn write(log: &mut SdkLogRecord, event: &Event<'_>, limits: LogLimits) -> u32 {
    let now = SystemTime::now();
    log.set_timestamp(now);
    log.set_observed_timestamp(now);
    let metadata = event.metadata();
    log.set_severity_number(severity(*metadata.level()));
    log.set_severity_text(metadata.level().as_str());
    let of_log = event.normalized_metadata();
    if let Some(of_log) = &of_log {
        log.set_target(Cow::Owned(of_log.target().to_owned()));
    } else {
        log.set_target(metadata.target());
        if let Some(name) = name_of(metadata) {
            log.set_event_name(name);
        }
    }
    let place = place_of(of_log.as_ref().unwrap_or(metadata));
    let mut fields = Fields::new(log, limits);
    event.record(&mut fields);
    fields.end(metadata.fields(), place)
}

fn place_of<'a>(metadata: &Metadata<'a>) -> Place<'a> {
    Place {
        file: metadata.file(),
        line: metadata.line(),
    }
}

/// The name that somebody gave to an event. All others are called by their place, which is no kind of event.
fn name_of(metadata: &'static Metadata<'static>) -> Option<&'static str> {
    let name = metadata.name();
    let place = name.strip_prefix("event ");
    let is_place = place.zip(metadata.file()).is_some_and(|(place, file)| {
        place
            .strip_prefix(file)
            .is_some_and(|line| line.starts_with(':'))
    });
    (!is_place).then_some(name)
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::TRACE => Severity::Trace,
        Level::DEBUG => Severity::Debug,
        Level::INFO => Severity::Info,
        Level::WARN => Severity::Warn,
        Level::ERROR => Severity::Error,
    }
}

/// The filter of the layer: events, and no spans. Those of attributes are then made in `tracing` only where somebody else
/// wants them.
pub(super) struct Events(pub(super) Targets);

impl Events {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && self.0.would_enable(metadata.target(), metadata.level())
    }
}

impl<S> Filter<S> for Events {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Filter::<S>::max_level_hint(&self.0)
    }
}
