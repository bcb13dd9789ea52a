//! S28 for logs: records arrive, and the shutdown returns, wherever it is set up and shut down.

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use tokio::runtime::{Builder, Runtime};
use tracing::info;
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{RUNTIME, Run};
use crate::collector::Collector;
use crate::received::bodies;

/// A shutdown has to be done before.
const BOUND: Duration = Duration::from_secs(5);

fn url(collector: &Collector) -> String {
    format!("http://127.0.0.1:{}/v1/logs", collector.port())
}

fn build(collector: &Collector) -> Telemetry {
    let to = OtlpSettings::new(&url(collector)).unwrap();
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

#[test]
fn any_number_of_lives_ends_in_time_with_every_record_accounted_for() {
    let answering = Collector::start();
    let refusing = Collector::that_answers(|_| StatusCode::BAD_REQUEST.into_response());
    // It takes connections, and nobody reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let urls = [url(&answering), url(&refusing), silent];
    let start = Instant::now();
    for life in 0..90 {
        let (threads, records) = (1 + life % 4, life * 7 % 200);
        let to = OtlpSettings::new(&urls[life % 3]).unwrap();
        let timeout = if life % 3 == 2 { 20 } else { 60_000 };
        let to = to.with_timeout(Duration::from_millis(timeout));
        let builder = Telemetry::builder("lives").with_logs_otlp(to);
        let telemetry = builder.build().unwrap();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..records).for_each(|_| log(&telemetry)));
            }
        });
        let shut_down = telemetry.shutdown(Duration::from_secs(60));
        let logged = u64::try_from(threads * records).unwrap();
        let statistics = telemetry.log_statistics();
        let told = statistics.exported + statistics.dropped + statistics.failed;
        assert_eq!(told, logged, "{life} {statistics:?}");
        assert_eq!(shut_down.is_ok(), statistics.exported == logged, "{life}");
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}
