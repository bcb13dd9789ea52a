//! Baggage inside of a scope is the scope's, and the application's comes back.

use opentelemetry::KeyValue;
use opentelemetry::baggage::BaggageExt as _;
use tracing::info_span;
use tracing_relay::scope::run_outside;
use tracing_relay::{
    TraceCarrier, TraceScope, current_baggage, relay_traced, set_current_baggage, task, traced,
};

use crate::applications::Runtime;
use crate::everywhere::everywhere;
use crate::support::yield_now;

static RELAY: TraceScope = TraceScope::new("relay");

#[relay_traced(scope = RELAY, name = "relay.operation")]
async fn operation() {
    assert!(current_baggage().is_empty());
    let own = current_baggage()
        .with("relay.region", "eu")
        .expect("it is baggage");
    assert!(set_current_baggage(own));
    yield_now().await;
    assert_eq!(current_baggage().to_string(), "relay.region=eu");
    info_span!("relay.library").in_scope(|| {
        assert_eq!(current_baggage().to_string(), "relay.region=eu");
        step();
    });
    let outside = run_outside(|| current_baggage().to_string());
    assert!(!outside.contains("relay"), "{outside}");
    let opentelemetry = opentelemetry::Context::current();
    assert!(opentelemetry.baggage().is_empty());
    if tokio::runtime::Handle::try_current().is_ok() {
        let in_task = task::spawn(async { current_baggage().to_string() });
        assert_eq!(in_task.await.expect("it does not panic"), "relay.region=eu");
        let detached = task::detach(async {
            in_detached();
            current_baggage().to_string()
        });
        assert_eq!(
            detached.await.expect("it does not panic"),
            "relay.region=eu"
        );
    }
    let captured = TraceCarrier::capture();
    let captured = captured.context().expect("there is a trace").clone();
    assert_eq!(captured.baggage().to_string(), "relay.region=eu");
}

#[traced(name = "relay.step")]
fn step() {
    assert_eq!(current_baggage().to_string(), "relay.region=eu");
}

#[relay_traced(scope = RELAY, name = "relay.detached")]
fn in_detached() {
    assert_eq!(current_baggage().to_string(), "relay.region=eu");
}

#[test]
fn baggage_does_not_cross_the_border() {
    everywhere(
        &[&RELAY],
        |world| async move {
            use opentelemetry::trace::FutureExt as _;
            let application = &world.application;
            let user = opentelemetry::Context::current()
                .with_baggage([KeyValue::new("user.tier", "gold")]);
            let part = async {
                assert_eq!(current_baggage().to_string(), "user.tier=gold");
                application.unchanged(operation()).await;
                assert_eq!(current_baggage().to_string(), "user.tier=gold");
            };
            part.with_context(user).await;
        },
        |world, seen| {
            let detached = usize::from(world.runtime != Runtime::Without);
            assert_eq!(seen.relay("relay.detached").len(), detached);
        },
    );
}
