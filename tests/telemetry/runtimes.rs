//! S28: spans arrive, and the shutdown returns, wherever it is set up and shut down.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{RUNTIME, Run};
use crate::collector::Collector;
use crate::received::names;

/// A shutdown has to be done before.
const BOUND: Duration = Duration::from_secs(5);

#[traced(name = "telemetry.work")]
async fn work() {
    tokio::task::yield_now().await;
}

#[traced(name = "telemetry.work")]
fn sync_work() {}

fn build(collector: &Collector) -> Telemetry {
    let to = OtlpSettings::new(&collector.url()).unwrap();
    Telemetry::builder("s28").with_otlp(to).build().unwrap()
}

fn dispatch(telemetry: &Telemetry) -> Dispatch {
    Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()))
}

/// Shuts down right after the last span ended.
pub(crate) fn shut_down(telemetry: &Telemetry) {
    let start = Instant::now();
    assert_eq!(telemetry.shutdown(BOUND), Ok(()));
    assert!(start.elapsed() < BOUND);
    assert_eq!(telemetry.shutdown(BOUND), Ok(()), "again");
    assert_eq!(telemetry.statistics().exported, 1);
}

/// Set up, used and shut down in one future.
async fn whole(collector: Arc<Collector>) {
    let telemetry = build(&collector);
    work().with_subscriber(dispatch(&telemetry)).await;
    shut_down(&telemetry);
}

pub(crate) fn runtimes() -> Vec<Runtime> {
    let mut runtimes = vec![Builder::new_current_thread().enable_all().build().unwrap()];
    for workers in [1, 2, 4] {
        let mut builder = Builder::new_multi_thread();
        let builder = builder.worker_threads(workers).enable_all();
        runtimes.push(builder.build().unwrap());
    }
    runtimes
}

/// Runs this in each runtime with a collector of its own.
fn in_each<F: Future<Output = ()>>(f: impl Fn(Arc<Collector>) -> F) {
    for runtime in runtimes() {
        let collector = Arc::new(Collector::start());
        runtime.block_on(f(Arc::clone(&collector)));
        assert_eq!(collector.only().spans(), ["telemetry.work"]);
    }
}

#[test]
fn outside_of_every_runtime() {
    let collector = Collector::start();
    let telemetry = build(&collector);
    tracing::dispatcher::with_default(&dispatch(&telemetry), sync_work);
    shut_down(&telemetry);
    assert_eq!(collector.only().spans(), ["telemetry.work"]);
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
fn set_up_outside_and_used_inside_and_shut_down_outside() {
    for runtime in runtimes() {
        let collector = Collector::start();
        let telemetry = build(&collector);
        let dispatch = dispatch(&telemetry);
        let task = async {
            tokio::spawn(work().with_subscriber(dispatch))
                .await
                .unwrap();
        };
        runtime.block_on(task);
        drop(runtime);
        shut_down(&telemetry);
        assert_eq!(collector.only().spans(), ["telemetry.work"]);
    }
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
        assert_eq!(collector.only().spans(), ["telemetry.work"]);
    }
}

#[test]
fn one_line_of_set_up_is_enough_wherever_it_stands() {
    for flavor in ["current", "1", "2", "4"] {
        for place in ["main", "task"] {
            let run = Run::with(&[(RUNTIME, &format!("{flavor}/{place}"))]);
            let wanted = ["telemetry.request", "telemetry.step"];
            assert_eq!(names(&run.received), wanted, "{flavor} {place}");
            run.assert_printed("shut down: Ok(())");
        }
    }
}

#[test]
fn dropped_without_a_shutdown() {
    in_each(|collector| async move {
        let task = async move {
            let telemetry = build(&collector);
            work().with_subscriber(dispatch(&telemetry)).await;
            let start = Instant::now();
            drop(telemetry);
            assert!(start.elapsed() < BOUND);
        };
        tokio::spawn(task).await.unwrap();
    });
}
