//! S28 over gRPC: spans arrive, and the shutdown returns, wherever it is set up and shut down.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Builder;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;
use tracing_relay::telemetry::Telemetry;
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use super::collector::Collector;
use super::{record, to};
use crate::child::{RUNTIME, Run};
use crate::runtimes::{runtimes, shut_down};

#[traced(name = "telemetry.work")]
async fn work() {
    tokio::task::yield_now().await;
}

fn build(collector: &Collector) -> Telemetry {
    super::build(to(&collector.url()))
}

fn dispatch(telemetry: &Telemetry) -> Dispatch {
    Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()))
}

/// Set up, used and shut down in one future.
async fn whole(collector: Arc<Collector>) {
    let telemetry = build(&collector);
    work().with_subscriber(dispatch(&telemetry)).await;
    shut_down(&telemetry);
}

/// Runs this in each runtime with a collector of its own.
fn in_each<F: Future<Output = ()>>(f: impl Fn(Arc<Collector>) -> F) {
    for runtime in runtimes() {
        let collector = Arc::new(Collector::start());
        runtime.block_on(f(Arc::clone(&collector)));
        assert_eq!(collector.only().names, ["telemetry.work"]);
    }
}

#[test]
fn outside_of_every_runtime() {
    let collector = Collector::start();
    let telemetry = build(&collector);
    record(&telemetry);
    shut_down(&telemetry);
    assert_eq!(collector.only().names, ["telemetry.work"]);
}

#[test]
fn in_the_future_that_a_runtime_blocks_on() {
    in_each(whole);
}

#[test]
fn in_a_task_of_a_runtime() {
    in_each(|collector| async move { tokio::spawn(whole(collector)).await.unwrap() });
}

#[test]
fn set_up_in_one_runtime_and_used_and_shut_down_in_another() {
    for runtime in runtimes() {
        let collector = Collector::start();
        let first = Builder::new_current_thread().build().unwrap();
        let telemetry = first.block_on(async { build(&collector) });
        drop(first);
        runtime.block_on(async move {
            work().with_subscriber(dispatch(&telemetry)).await;
            shut_down(&telemetry);
        });
        assert_eq!(collector.only().names, ["telemetry.work"]);
    }
}

#[test]
fn one_line_of_set_up_is_enough_wherever_it_stands() {
    for flavor in ["current", "1", "2", "4"] {
        for place in ["main", "task"] {
            let collector = Collector::start();
            let run = Run::alone(&[
                (RUNTIME, &format!("{flavor}/{place}")),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url()),
            ]);
            let wanted = ["telemetry.request", "telemetry.step"];
            assert_eq!(collector.names(), wanted, "{flavor} {place}");
            run.assert_printed("shut down: Ok(())");
        }
    }
}
