//! Symptoms that were found by reading the engine against its promises.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};
use std::time::{Duration, Instant};

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::SpanKind;
use tracing::level_filters::LevelFilter;
use tracing::span::{Id, Record};
use tracing::{Subscriber, info, info_span, trace_span};
use tracing_relay::engine::TracingSpans;
use tracing_relay::otel::{SpanExt as _, set_attribute, to_context};
use tracing_relay::task::TaskContext;
use tracing_relay::{current_trace_id, traced};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt, registry, reload};

use crate::recorded::{Recorded, attribute, event_names, is_below, run_with};

#[traced]
fn step<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Runs something when its thread ends.
#[derive(Default)]
struct AtTheEnd(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f();
        }
    }
}

thread_local! {
    static AT_THE_END: AtTheEnd = AtTheEnd::default();
}

#[traced]
fn cleanup_is_seen_for_the_first_time_at_the_end() {}

#[test]
fn an_annotated_function_in_the_destructor_of_a_thread_does_not_abort_the_program() {
    for activates in [true, false] {
        let recorded = Recorded::with(|builder| builder.with_context_activation(activates));
        let subscriber = registry()
            .with(recorded.engine.layer())
            .with(fmt::layer().with_writer(std::io::sink));
        let dispatch = tracing::Dispatch::new(subscriber);
        let thread = std::thread::spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || {
                // The destructors run in the reverse order of the first uses: this one is between two of ours.
                assert!(current_trace_id().is_none());
                let inside = dispatch.clone();
                AT_THE_END.with(|end| {
                    let end_of_thread = move || {
                        tracing::dispatcher::with_default(&inside, || {
                            step(|| ());
                            cleanup_is_seen_for_the_first_time_at_the_end();
                        });
                    };
                    *end.0.borrow_mut() = Some(Box::new(end_of_thread));
                });
                step(|| ());
            });
        });
        thread.join().expect("the thread ends");
        assert!(recorded.names().contains(&"step".to_owned()));
    }
}

/// A layer that panics where values are recorded on a span of one of our attributes.
struct Fragile;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Fragile {
    fn on_record(&self, id: &Id, _: &Record<'_>, ctx: Context<'_, S>) {
        let span = ctx.span(id).expect("it is there");
        assert_ne!(span.name(), "step", "a layer that panics");
    }
}

#[traced(log_ids = false)]
fn unlogged() {}

#[traced(name = "step", log_ids = false)]
fn fragile() -> u8 {
    7
}

#[test]
fn a_layer_that_panics_does_not_silence_spans_of_others() {
    let recorded = Recorded::new();
    let subscriber = registry().with(Fragile).with(recorded.engine.layer());
    run_with(subscriber, || {
        assert_eq!(fragile(), 7);
        let later = info_span!("later", answer = tracing::field::Empty);
        later.record("answer", 42);
        unlogged();
    });
    assert_eq!(
        attribute(&recorded.span("later"), "answer").as_deref(),
        Some("42")
    );
    assert_eq!(recorded.names(), ["later", "step", "unlogged"]);
}

#[test]
fn an_engine_in_two_subscribers_is_not_judged_by_the_filter_of_the_other() {
    let recorded = Recorded::new();
    let quiet = registry().with(recorded.engine.filtered_layer(LevelFilter::OFF));
    let loud = registry().with(recorded.engine.layer());
    let (quiet, loud) = (tracing::Dispatch::new(quiet), tracing::Dispatch::new(loud));
    for _ in 0..3 {
        tracing::dispatcher::with_default(&quiet, || step(|| ()));
        tracing::dispatcher::with_default(&loud, || step(|| ()));
    }
    assert_eq!(recorded.names(), ["step"; 3]);
}

#[test]
fn an_engine_that_was_seen_in_one_subscriber_is_found_where_another_hides_it() {
    let recorded = Recorded::new();
    recorded.run(|| step(|| ()));
    let (layer, _handle) = reload::Layer::new(recorded.engine.layer::<Registry>());
    run_with(registry().with(layer), || step(|| ()));
    assert_eq!(recorded.names(), ["step"; 2]);
}

/// The directive is for what is inside of `step`.
fn directives() -> EnvFilter {
    EnvFilter::new("off,[step]=trace")
}

fn inside() {
    trace_span!("inner").in_scope(|| info!("heard"));
}

#[test]
fn directives_for_what_is_inside_an_annotated_function_count() {
    let expected = ["inner", "step"];
    let recorded = Recorded::new();
    run_with(
        registry().with(directives()).with(recorded.engine.layer()),
        || step(inside),
    );
    assert_eq!(recorded.names(), expected, "a filter of all");

    // A filter of the engine alone is not shown spans of attributes that nobody else wants.
    let always = || Recorded::with(|builder| builder.with_tracing_spans(TracingSpans::Always));
    let recorded = always();
    run_with(
        registry().with(recorded.engine.filtered_layer(directives())),
        || step(inside),
    );
    assert_eq!(recorded.names(), expected, "a filter of the layer");
    let recorded = always();
    run_with(
        registry().with(recorded.engine.layer().with_filter(directives())),
        || step(inside),
    );
    assert_eq!(recorded.names(), expected, "a filter around the layer");
    let inner = recorded.span("inner");
    assert!(is_below(&inner, &recorded.span("step")));
    assert_eq!(event_names(&inner), ["heard"]);
}

/// A subscriber that is asked things while the stack of the thread is looked at.
struct Curious(Registry);

impl Subscriber for Curious {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> Id {
        self.0.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.0.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.0.record_follows_from(span, follows);
    }

    fn event(&self, event: &tracing::Event<'_>) {
        self.0.event(event);
    }

    fn enter(&self, span: &Id) {
        self.0.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.0.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        let _ = current_trace_id();
        self.0.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        let _ = current_trace_id();
        self.0.try_close(id)
    }
}

#[traced(on_ok(|answer| answer), late(note: str = "note"))]
fn answering() -> u8 {
    note.record("noted");
    7
}

#[test]
fn a_subscriber_that_asks_for_the_trace_while_a_span_is_cloned_does_not_panic() {
    let done = catch_unwind(AssertUnwindSafe(|| {
        run_with(Curious(registry()), || {
            answering();
            let task = TaskContext::current();
            task.run(answering)
        })
    }));
    assert_eq!(done.ok(), Some(7));
}

#[test]
fn a_span_that_is_moved_from_a_trace_that_is_not_sampled_into_one_that_is_has_its_fields() {
    let parent = |digit: &str, flags: &str| {
        let parent = format!("00-{digit}af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
        to_context(&parent.parse().expect("a context"))
    };
    let recorded = Recorded::new();
    recorded.run(|| {
        let connection = info_span!("connection");
        let moved = connection.set_parent(parent("1", "00"));
        assert_eq!(moved, Ok(()));
        connection.in_scope(|| {
            let message = info_span!("message", number = 1, otel.kind = "consumer");
            assert_eq!(message.set_parent(parent("2", "01")), Ok(()));
        });
    });
    let message = recorded.span("message");
    assert_eq!(attribute(&message, "number").as_deref(), Some("1"));
    assert_eq!(message.span_kind, SpanKind::Consumer);
}

#[traced(late(note: str = "note"))]
fn noted(body: impl FnOnce()) {
    note.record("noted");
    body();
}

#[traced]
async fn waiting() {
    info!("waiting");
    std::future::pending::<()>().await;
}

#[traced]
fn returned(name: String) -> impl Future<Output = usize> {
    async move { info_span!("theirs").in_scope(|| name.len()) }
}

/// Calls that end in each way.
fn calls() {
    noted(|| {
        info_span!("theirs").in_scope(|| noted(|| info!("inside")));
        TaskContext::current().run(|| noted(|| info!("in a task")));
        set_attribute("number", 1);
    });
    let mut task = Task::from_waker(Waker::noop());
    let mut cancelled = Box::pin(waiting());
    assert!(cancelled.as_mut().poll(&mut task).is_pending());
    drop(cancelled);
    let mut done = Box::pin(returned("name".to_owned()));
    assert_eq!(done.as_mut().poll(&mut task), Poll::Ready(4));
    drop(returned("never polled".to_owned()));
    let panicked = catch_unwind(|| noted(|| panic!("of the program")));
    assert!(panicked.is_err());
}

#[test]
fn what_was_current_is_not_kept_by_memory_that_is_used_again() {
    struct OfTheSubscriber {
        _kept: Arc<()>,
    }
    impl<S: Subscriber> Layer<S> for OfTheSubscriber {}

    for (activates, has_lines) in [(true, true), (true, false), (false, true), (false, false)] {
        let (of_context, of_subscriber) = (Arc::new(()), Arc::new(()));
        let recorded = Recorded::with(|builder| builder.with_context_activation(activates));
        let subscriber = registry()
            .with(recorded.engine.layer())
            .with(has_lines.then(|| fmt::layer().with_writer(std::io::sink)))
            .with(OfTheSubscriber {
                _kept: Arc::clone(&of_subscriber),
            });
        run_with(subscriber, || {
            let context = OtelContext::current_with_value(Arc::clone(&of_context));
            let attached = context.attach();
            for _ in 0..50 {
                calls();
            }
            drop(attached);
        });
        // A test beside this one that makes a subscriber holds all others for a moment.
        let start = Instant::now();
        while Arc::strong_count(&of_subscriber) > 1 && start.elapsed() < Duration::from_secs(10) {
            std::thread::yield_now();
        }
        let kept = (
            Arc::strong_count(&of_context),
            Arc::strong_count(&of_subscriber),
        );
        assert_eq!(kept, (1, 1), "activated {activates}, lines {has_lines}");
        assert_eq!(recorded.spans().len(), 50 * 8);
    }
}
