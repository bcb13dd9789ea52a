//! S28 for logs: records arrive, and the shutdown returns, wherever it is set up and shut down.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracing::info;
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{RUNTIME, Run};
use crate::collector::Collector;
use crate::received::bodies;

/// A shutdown has to be done before.
const BOUND: Duration = Duration::from_secs(5);

fn build(collector: &Collector) -> Telemetry {
    let url = format!("http://127.0.0.1:{}/v1/logs", collector.port());
    let to = OtlpSettings::new(&url).unwrap();
    let builder = Telemetry::builder("s28").with_logs_otlp(to);
    builder.build().unwrap()
}

fn log(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.logs_layer());
    tracing::subscriber::with_default(subscriber, || info!("said"));
}

/// Shuts down right after the last record.
fn shut_down(telemetry: &Telemetry) {
    let start = Instant::now();
    assert_eq!(telemetry.shutdown(BOUND), Ok(()));
    assert!(start.elapsed() < BOUND);
    assert_eq!(telemetry.shutdown(BOUND), Ok(()), "again");
}

fn runtimes() -> Vec<Runtime> {
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
        assert_eq!(bodies(&collector.received()), ["said"]);
    }
}

async fn whole(collector: Arc<Collector>) {
    let telemetry = build(&collector);
    log(&telemetry);
    shut_down(&telemetry);
}

#[test]
fn outside_of_every_runtime() {
    let collector = Collector::start();
    let telemetry = build(&collector);
    log(&telemetry);
    shut_down(&telemetry);
    assert_eq!(bodies(&collector.received()), ["said"]);
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
        runtime.block_on(async {
            log(&telemetry);
            shut_down(&telemetry);
        });
        assert_eq!(bodies(&collector.received()), ["said"]);
    }
}

#[test]
fn dropped_without_a_shutdown() {
    in_each(|collector| async move {
        let task = async move {
            let telemetry = build(&collector);
            log(&telemetry);
            let start = Instant::now();
            drop(telemetry);
            assert!(start.elapsed() < BOUND);
        };
        tokio::spawn(task).await.unwrap();
    });
}

#[test]
fn one_line_of_set_up_is_enough_wherever_it_stands() {
    for flavor in ["current", "1", "2", "4"] {
        for place in ["main", "task"] {
            let runtime = format!("{flavor}/{place}");
            let run = Run::with(&[(RUNTIME, &runtime), ("OTEL_LOGS_EXPORTER", "otlp")]);
            let said = bodies(&run.received);
            assert!(said.contains(&"second".to_owned()), "{runtime} {said:?}");
            run.assert_printed("shut down: Ok(())");
        }
    }
}
