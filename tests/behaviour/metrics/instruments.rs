//! Each instrument, and the balance of what is tracked.

#![expect(clippy::float_cmp, reason = "sums of what is exact are exact")]

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tracing_relay::TraceScope;
use tracing_relay::metrics::{Counter, Gauge, Histogram, Tracked, UpDownCounter};
use tracing_relay::relay_traced;
use tracing_relay::testing::{Pipeline, Traces};

static TURNS: Counter<u64> = Counter::new("app.turns").with_unit("{turn}");
static COST: Counter<f64> = Counter::new("app.cost");
static OPEN: UpDownCounter<i64> = UpDownCounter::new("app.open").with_unit("{connection}");
static LOAD: UpDownCounter<f64> = UpDownCounter::new("app.load");
static SIZE: Histogram<u64> = Histogram::new("app.size").with_boundaries(&[10.0, 100.0]);
static WAIT: Histogram<f64> = Histogram::new("app.wait").with_unit("s");
static DEPTH: Gauge<u64> = Gauge::new("app.depth");
static DRIFT: Gauge<i64> = Gauge::new("app.drift");
static RATIO: Gauge<f64> = Gauge::new("app.ratio");

fn open() -> Tracked<i64> {
    OPEN.track(1, [("transport", "stdio".into())])
}

/// How many are open, and that there were any.
fn left(traces: &Traces) -> f64 {
    let open = traces.metrics().of("app.open");
    assert_eq!(open.points().len(), 1, "{open}");
    open.with("transport", "stdio").sum()
}

#[tracing_relay::test]
fn each_instrument_records_what_it_is_for(traces: Traces) {
    TURNS.add(1, [("kind", "review".into()), ("retry", true.into())]);
    TURNS.add(2, [("kind", "review".into()), ("retry", true.into())]);
    TURNS.add(4, []);
    COST.add(0.5, []);
    OPEN.add(3, []);
    OPEN.add(-1, []);
    LOAD.add(-0.5, []);
    for size in [1, 10, 11, 1000] {
        SIZE.record(size, [("codec", String::from("json").into())]);
    }
    WAIT.record(0.5, []);
    DEPTH.record(1, []);
    DEPTH.record(7, []);
    DRIFT.record(-7, []);
    RATIO.record(0.25, [("shard", 3.into())]);
    let metrics = traces.metrics();
    assert_eq!(
        metrics.to_string(),
        "counter app.cost: 0.5\n\
         gauge app.depth: 7\n\
         gauge app.drift: -7\n\
         up-down-counter app.load: -0.5\n\
         up-down-counter app.open: 2\n\
         gauge app.ratio {shard=3}: 0.25\n\
         histogram app.size {codec=\"json\"}: 4 values\n\
         counter app.turns {kind=\"review\", retry=true}: 3\n\
         counter app.turns: 4\n\
         histogram app.wait: 1 value\n"
    );
    assert_eq!(metrics.of("app.turns").unit(), "{turn}");
    let size = metrics.of("app.size");
    assert_eq!((size.count(), size.sum()), (4, 1022.0));
    let (bounds, counts) = size.points()[0].buckets();
    assert_eq!((bounds, counts), (&[10.0, 100.0][..], &[2, 1, 1][..]));
}

#[test]
fn without_metrics_nothing_happens() {
    let _open = OPEN.track(1, []);
    TURNS.add(1, []);
    Pipeline::new().run_sync(|traces| {
        assert_eq!(traces.metrics().names(), <[&str; 0]>::default());
    });
    Pipeline::new().without_subscriber().run_sync(|_| {
        let _open = open();
        TURNS.add(1, []);
    });
}

#[test]
fn a_value_goes_to_the_metrics_of_its_subscriber_alone() {
    let pipelines = [Pipeline::new().build(), Pipeline::new().build()];
    for (number, traces) in pipelines.iter().enumerate() {
        let _attached = traces.attach();
        (0..=number).for_each(|_| TURNS.add(1, []));
    }
    let [first, second] = pipelines.map(|traces| traces.metrics().of("app.turns").sum());
    assert_eq!((first, second), (1.0, 2.0));
}

#[test]
fn a_name_that_is_not_legal_is_told_once_and_records_nothing() {
    static WRONG: Counter<u64> = Counter::new("2 turns");
    Pipeline::new().capture_logs().run_sync(|traces| {
        WRONG.add(1, []);
        WRONG.add(1, []);
        assert_eq!(traces.metrics().names(), <[&str; 0]>::default());
        let logs = traces.logs();
        let told = logs
            .lines()
            .filter(|line| line.contains("metric=\"2 turns\""));
        assert_eq!(told.count(), 1, "{logs}");
    });
}

#[tracing_relay::test]
fn what_is_tracked_is_taken_back_on_a_return_an_error_and_a_panic(traces: Traces) {
    fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
        let _open = open();
        let number = text.parse()?;
        Ok(number)
    }
    assert_eq!(parse("1"), Ok(1));
    assert_eq!(left(&traces), 0.0);
    assert!(parse("x").is_err());
    assert_eq!(left(&traces), 0.0);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _open = open();
        assert_eq!(left(&traces), 1.0);
        std::panic::resume_unwind(Box::new("down"));
    }));
    assert!(panicked.is_err());
    assert_eq!(left(&traces), 0.0);
}

#[tracing_relay::test]
async fn what_is_tracked_is_taken_back_by_an_abort_a_select_and_a_timeout(traces: Traces) {
    async fn serve(began: oneshot::Sender<()>) {
        let _open = open();
        began.send(()).unwrap();
        pending::<()>().await;
    }
    let (began, begun) = oneshot::channel();
    let task = tokio::spawn(serve(began));
    begun.await.unwrap();
    assert_eq!(left(&traces), 1.0);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(left(&traces), 0.0);

    let (began, begun) = oneshot::channel();
    tokio::select! {
        () = serve(began) => unreachable!(),
        () = async {
            begun.await.unwrap();
            assert_eq!(left(&traces), 1.0);
        } => {}
    }
    assert_eq!(left(&traces), 0.0);

    let (began, _begun) = oneshot::channel();
    let timeout = tokio::time::timeout(Duration::from_millis(1), serve(began));
    assert!(timeout.await.is_err());
    assert_eq!(left(&traces), 0.0);
}

#[tracing_relay::test]
async fn what_moves_into_a_future_is_taken_back_with_it(traces: Traces) {
    let open = open();
    let future = async move {
        let _open = open;
        pending::<()>().await;
    };
    assert_eq!(left(&traces), 1.0);
    let mut future = Box::pin(future);
    assert_eq!((&mut future).now_or_never(), None);
    // Also where other metrics are current, or none.
    Pipeline::new().run_sync(|_| drop(future));
    assert_eq!(left(&traces), 0.0);
}

static RELAY: TraceScope = TraceScope::new("metrics_relay");

#[relay_traced(scope = RELAY)]
fn link() {
    TURNS.add(1, []);
    let _open = open();
}

#[test]
fn in_a_scope_metrics_are_those_of_the_application() {
    Pipeline::new().scope(&RELAY).run_sync(|traces| {
        link();
        assert_eq!(traces.of_scope(&RELAY).exported(), ["link"]);
        assert_eq!(traces.metrics().of("app.turns").sum(), 1.0);
        assert_eq!(left(&traces), 0.0);
    });
}
