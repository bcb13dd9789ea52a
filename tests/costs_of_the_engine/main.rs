//! What spans of the engine allocate once their thread is warm: in a binary of its own, because counting replaces
//! the allocator.

use std::future::pending;
use std::pin::pin;
use std::task::{Context, Waker};

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::trace::InMemorySpanExporter;
use tracing_relay::engine::{Engine, Sampler};
use tracing_relay::task::TaskContext;
use tracing_relay::{TraceScope, otel, traced};
use tracing_subscriber::layer::SubscriberExt as _;

#[traced(fields(number))]
fn step(number: u64) -> u64 {
    number + 1
}

#[traced]
fn outer() -> u64 {
    step(1) + step(2)
}

#[traced]
fn says() {
    otel::set_attribute("key", 1);
}

/// Allocations of one more call on an engine of its own, whose chunk has the room for it.
fn allocations(activate: bool, sampler: Sampler, call: impl Fn()) -> u64 {
    let engine = Engine::builder()
        .with_exporter(InMemorySpanExporter::default())
        .with_sampler(sampler)
        .with_context_activation(activate)
        .build()
        .expect("an engine");
    let subscriber = tracing_subscriber::registry().with(engine.layer());
    tracing::subscriber::with_default(subscriber, || {
        let calls = (0..100).map(|_| allocation_counter::measure(&call).count_total);
        calls.min().expect("there were calls")
    })
}

#[test]
fn spans_that_nobody_shares_allocate_nothing_without_activation() {
    for sampler in [Sampler::AlwaysOn, Sampler::AlwaysOff] {
        let counted = allocations(false, sampler, || assert_eq!(outer(), 5));
        assert_eq!(counted, 0);
    }
}

/// The span of OpenTelemetry, and the box that it keeps ours in.
#[test]
fn with_activation_a_span_costs_the_two_allocations_of_opentelemetry() {
    let counted = allocations(true, Sampler::AlwaysOn, || assert_eq!(outer(), 5));
    assert_eq!(counted, 3 * 2);
    // Not sampled, it costs one; the first one of a trace notes what the SDK would lose of its flags.
    let counted = allocations(true, Sampler::AlwaysOff, || assert_eq!(outer(), 5));
    assert_eq!(counted, 4 + 1 + 1);
}

#[test]
fn asking_for_the_current_context_allocates_nothing_more() {
    #[traced]
    fn asks() {
        let context = opentelemetry::Context::current();
        assert!(context.span().is_recording());
    }
    assert_eq!(allocations(true, Sampler::AlwaysOn, asks), 2);
}

/// The inbox of a span is used again for the next one.
#[test]
fn what_is_said_about_the_running_span_allocates_nothing_of_its_own() {
    assert_eq!(allocations(false, Sampler::AlwaysOn, says), 0);
}

/// The context of a task is two boxes: that which is taken along, and that which is current.
#[test]
fn sharing_a_span_with_a_task_allocates_nothing_but_the_task() {
    #[traced]
    fn spawner() {
        TaskContext::current().run(|| tracing::info!("here"));
    }
    assert_eq!(allocations(false, Sampler::AlwaysOn, spawner), 2);
}

#[test]
fn entering_a_scope_allocates_nothing_for_a_call_and_for_a_poll() {
    static RELAY: TraceScope = TraceScope::new("relay");

    let engine = Engine::builder().with_exporter(InMemorySpanExporter::default());
    let installed = RELAY.install(engine).expect("a thread for the exporter");
    let least = |call: &mut dyn FnMut()| {
        let calls = (0..100).map(|_| allocation_counter::measure(&mut *call).count_total);
        calls.min().expect("there were calls")
    };
    assert_eq!(least(&mut || RELAY.run(|| ())), 0);
    let mut future = pin!(RELAY.run_async(pending::<()>()));
    let mut context = Context::from_waker(Waker::noop());
    let mut poll = || assert!(future.as_mut().poll(&mut context).is_pending());
    assert_eq!(least(&mut poll), 0);
    assert_eq!(installed.statistics().exported, 0);
}
