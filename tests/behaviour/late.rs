//! Fields that are learned in the middle of a call.

use std::fmt::{self, Display};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use async_trait::async_trait;
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::sync::oneshot;
use tracing_relay::testing::{Pipeline, Sampling, Traces, Value};
use tracing_relay::{LateField, TraceCarrier, assert_trace, request_span, task, traced};

use super::values::{Mode, Shown};

#[tracing_relay::test]
fn a_value_that_is_learned_in_the_body_is_on_the_span(traces: Traces) {
    #[traced(
        fields(app.id = id),
        late(
            turn_id: str = "turn.id",
            thread_id: String = thread.id,
            mode: Mode = ?"app.mode",
            percent: u8 = %"app.percent",
            shown: Shown = "app.shown",
            count: u64 = "app.count",
            ratio: f64 = "app.ratio",
            done: bool = "app.done",
            unknown: str = "app.unknown",
        ),
        on_ok(|length| app.length = length),
    )]
    fn start(id: u8) -> usize {
        let _ = id;
        turn_id.record("turn-7");
        thread_id.record(&"thread-1".to_owned());
        mode.record(&Mode::Fast);
        percent.record(&50);
        shown.record(&Shown(1));
        count.record(&3);
        ratio.record(&0.5);
        done.record(&true);
        let _ = &unknown;
        6
    }
    start(1);
    assert_trace!(
        traces,
        r#"internal start {app.id=1, turn.id="turn-7", thread.id="thread-1", app.mode="Fast", app.percent="50", app.shown="shown 1", app.count=3, app.ratio=0.5, app.done=true, !app.unknown, app.length=6} => completed"#
    );
}

#[tracing_relay::test]
fn a_value_whose_type_has_no_size_is_recorded_in_each_way(traces: Traces) {
    #[traced(late(
        name: str = "the.name",
        shown: str = %"the.shown",
        path: Path = ?"the.path",
        list: [u8] = ?"the.list",
        anything: dyn Display = %"the.thing",
    ))]
    fn read() {
        name.record("a");
        shown.record("b");
        path.record(Path::new("/tmp"));
        list.record(&[1, 2]);
        anything.record(&Shown(3));
    }
    read();
    assert_trace!(
        traces,
        r#"internal read {the.name="a", the.shown="b", the.path="\"/tmp\"", the.list="[1, 2]", the.thing="shown 3"} => completed"#
    );
}

#[tracing_relay::test]
fn the_first_value_wins(traces: Traces) {
    #[traced(late(id: u32 = "the.id"))]
    fn learn() {
        let other = id.clone();
        other.record(&1);
        id.record(&2);
        other.record(&3);
    }
    learn();
    assert_eq!(
        traces.span("learn").attribute("the.id"),
        Some(&Value::I64(1))
    );
    let of_this_key = traces.span("learn");
    let of_this_key = of_this_key.attributes().iter();
    assert_eq!(of_this_key.filter(|(key, _)| key == "the.id").count(), 1);
}

#[tracing_relay::test]
fn an_absent_value_leaves_the_field_for_the_next(traces: Traces) {
    #[traced(late(id: Option<u32> = "the.id"))]
    fn learn() {
        id.record(&None);
        id.record(&Some(2));
    }
    learn();
    assert_eq!(
        traces.span("learn").attribute("the.id"),
        Some(&Value::I64(2))
    );
}

#[traced]
fn inner(id: &LateField<u32>) {
    id.record(&5);
}

#[tracing_relay::test]
fn a_value_learned_in_another_span_is_on_the_span_of_the_handle(traces: Traces) {
    #[traced(late(id: u32 = "the.id"))]
    fn outer() {
        inner(&id);
    }
    outer();
    assert_trace!(
        traces,
        "
        internal outer {the.id=5}
          internal inner {!the.id}
        "
    );
}

#[tracing_relay::test]
async fn a_value_learned_in_a_spawned_task_is_there(traces: Traces) {
    #[traced(late(id: u32 = "the.id", other: u32 = "the.other"))]
    #[allow(deprecated)]
    async fn start() {
        let spawned = tokio::spawn(async move { id.record(&5) });
        spawned.await.unwrap();
        task::detach(async move { other.record(&6) }).await.unwrap();
    }
    start().await;
    let span = traces.span("start");
    assert_eq!(span.attribute("the.id"), Some(&Value::I64(5)));
    assert_eq!(span.attribute("the.other"), Some(&Value::I64(6)));
}

#[tracing_relay::test]
fn a_value_learned_on_a_thread_without_subscriber_is_there(traces: Traces) {
    #[traced(late(id: u32 = "the.id"))]
    #[allow(deprecated)]
    fn start() {
        thread::spawn(move || id.record(&5)).join().unwrap();
    }
    start();
    assert_eq!(
        traces.span("start").attribute("the.id"),
        Some(&Value::I64(5))
    );
}

/// Returns its handle, which nobody should do.
#[traced(late(id: str = "the.id"))]
fn leak() -> LateField<str> {
    id
}

#[tracing_relay::test]
fn a_value_that_comes_after_the_end_is_nowhere(traces: Traces) {
    let id = leak();
    id.record("late");
    assert_trace!(traces, "internal leak {!the.id} => completed");
}

/// Counts the subscribers of its kind that are alive.
struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Alive {}

#[test]
fn a_handle_that_is_kept_does_not_keep_the_span_or_the_subscriber() {
    use tracing_subscriber::layer::SubscriberExt as _;

    #[traced(late(id: str = "the.id"))]
    async fn cancelled(sender: oneshot::Sender<LateField<str>>) {
        sender.send(id).unwrap();
        std::future::pending::<()>().await;
    }

    let alive = Arc::new(AtomicUsize::new(1));
    let subscriber = tracing_subscriber::registry().with(Alive(Arc::clone(&alive)));
    let (sender, mut receiver) = oneshot::channel();
    let ended = tracing::subscriber::with_default(subscriber, || {
        let ended = leak();
        let mut future = Box::pin(cancelled(sender));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        ended
    });
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    let cancelled = receiver.try_recv().unwrap();
    for id in [ended, cancelled] {
        id.record("nothing");
    }
}

#[test]
fn a_span_is_closed_for_its_layers_while_a_handle_is_kept() {
    Pipeline::new().run_sync(|traces| {
        let id = leak();
        assert!(traces.open().is_empty());
        drop(id);
    });
}

#[tracing_relay::test]
fn of_values_from_many_threads_one_is_exported(traces: Traces) {
    #[traced(late(id: u64 = "the.id", shown: Shown = "the.shown"))]
    #[allow(deprecated)]
    fn start() {
        let barrier = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4_u8)
            .map(|number| {
                let (id, shown, barrier) = (id.clone(), shown.clone(), Arc::clone(&barrier));
                thread::spawn(move || {
                    barrier.wait();
                    id.record(&u64::from(number));
                    shown.record(&Shown(number));
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    for _ in 0..50 {
        start();
        let span = traces.spans().pop().unwrap();
        for key in ["the.id", "the.shown"] {
            let of_this_key = span.attributes().iter().filter(|(name, _)| name == key);
            assert_eq!(of_this_key.count(), 1, "{span:?}");
        }
    }
}

#[tracing_relay::test]
fn a_value_that_races_with_the_end_changes_nothing_after_it(traces: Traces) {
    #[traced(late(id: u64 = "the.id"))]
    #[allow(deprecated)]
    fn start(barrier: &Arc<Barrier>) -> thread::JoinHandle<()> {
        let of_thread = Arc::clone(barrier);
        let thread = thread::spawn(move || {
            of_thread.wait();
            id.record(&1);
        });
        barrier.wait();
        thread
    }
    for _ in 0..50 {
        let thread = start(&Arc::new(Barrier::new(2)));
        let exported = traces.spans();
        thread.join().unwrap();
        assert_eq!(exported, traces.spans());
    }
}

mod shapes {
    use super::*;

    #[traced(late(length: usize = "the.length"))]
    async fn asynchronous(word: String) {
        tokio::task::yield_now().await;
        length.record(&word.len());
    }

    #[traced(late(length: usize = "the.length"))]
    fn returned(word: &str) -> impl Future<Output = ()> {
        async move {
            tokio::task::yield_now().await;
            length.record(&word.len());
        }
    }

    /// Learns the first before there is a span, the second while there is one.
    #[traced(late(length: usize = "the.length", polled: bool = "the.polled"))]
    fn returned_after_work(word: &str) -> impl Future<Output = ()> + use<> {
        length.record(&word.len());
        length.record(&0);
        async move {
            length.record(&0);
            polled.record(&true);
        }
    }

    #[traced(late(length: usize = "the.length"))]
    fn boxed(word: &str) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move { length.record(&word.len()) })
    }

    #[traced(late(length: usize = "the.length", last: u8 = "the.last"))]
    fn streamed(word: &str) -> impl Stream<Item = u8> + use<> {
        length.record(&word.len());
        stream::iter([1, 2]).inspect(move |item| {
            if *item == 2 {
                last.record(item);
            }
        })
    }

    #[async_trait]
    trait Service {
        async fn call(&self, word: &str) -> usize;
    }

    struct Server<T>(T);

    #[async_trait]
    impl<T: Display + Send + Sync> Service for Server<T> {
        #[traced(late(length: usize = "the.length", own: T = "the.own"))]
        async fn call(&self, word: &str) -> usize {
            own.record(&self.0);
            length.record(&word.len());
            word.len()
        }
    }

    impl<T: fmt::Debug + Clone> Server<T> {
        #[request_span(carrier = none, late(own: Self = ?"the.own"))]
        fn method(&self) -> T {
            own.record(self);
            self.0.clone()
        }
    }

    impl<T: fmt::Debug> fmt::Debug for Server<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "Server({:?})", self.0)
        }
    }

    #[tracing_relay::test]
    async fn each_form_of_function_has_its_handles(traces: Traces) {
        asynchronous("four".to_owned()).await;
        returned("four").await;
        returned_after_work("four").await;
        boxed("four").await;
        assert_eq!(streamed("four").collect::<Vec<_>>().await, [1, 2]);
        assert_eq!(Server("x").call("four").await, 4);
        assert_eq!(Server("x").method(), "x");
        assert_trace!(
            traces,
            r#"
            internal asynchronous {the.length=4} => completed

            internal returned {the.length=4} => completed

            internal returned_after_work {the.length=4, the.polled=true} => completed

            internal boxed {the.length=4} => completed

            internal streamed {the.length=4, the.last=2} => completed

            internal call {the.own="x", the.length=4} => completed

            server method {the.own="Server(\"x\")"} => completed
            "#
        );
    }

    #[tracing_relay::test]
    fn a_future_that_is_never_polled_has_no_span_for_its_values(traces: Traces) {
        drop(returned_after_work("four"));
        assert!(traces.exported().is_empty());
    }
}

#[tracing_relay::test]
fn a_value_that_panics_costs_its_own_text(traces: Traces) {
    struct Unwritable;
    impl Display for Unwritable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no text")
        }
    }
    #[traced(late(id: Unwritable = "the.id", other: u8 = "the.other"))]
    fn learn() {
        id.record(&Unwritable);
        other.record(&1);
    }
    learn();
    assert_trace!(
        traces,
        r#"internal learn {the.id="(no text)", the.other=1} => completed"#
    );
}

#[tracing_relay::test]
fn a_display_may_record_the_same_field(traces: Traces) {
    struct Reentrant(LateField<Reentrant>);
    impl Display for Reentrant {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.record(&Self(LateField::none()));
            f.write_str("outer")
        }
    }
    #[traced(late(id: Reentrant = "the.id"))]
    fn learn() {
        id.record(&Reentrant(id.clone()));
    }
    learn();
    assert_trace!(traces, r#"internal learn {the.id="outer"} => completed"#);
}

#[test]
fn without_a_span_the_handles_are_inert() {
    #[request_span(late(id: str = "the.id"))]
    fn handle(carrier: &TraceCarrier) -> LateField<str> {
        assert!(carrier.is_none());
        id.record("nothing");
        id
    }
    Pipeline::new().without_subscriber().run_sync(|_| {
        handle(&TraceCarrier::none()).record("nothing");
    });
    let unsampled = Pipeline::new().sampling(Sampling::Never);
    unsampled.run_sync(|traces| {
        handle(&TraceCarrier::none()).record("nothing");
        assert!(traces.exported().is_empty());
    });
    LateField::<str>::none().record("nothing");
    LateField::<u8>::default().clone().record(&1);
}

#[tracing_relay::test(logs = true)]
fn log_lines_have_what_was_learned_before(traces: Traces) {
    #[traced(late(id: str = "the.id"))]
    fn learn() {
        tracing::info!("before");
        id.record("known");
        tracing::info!("after");
    }
    learn();
    let logs = traces.logs();
    let lines: Vec<_> = logs.lines().collect();
    assert!(!lines[0].contains("the.id"), "{logs}");
    assert!(lines[1].contains(r#"the.id="known""#), "{logs}");
}

/// Handles are sent and shared whatever their type is.
#[test]
fn handles_are_send_and_sync() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<LateField<std::rc::Rc<u8>>>();
    is_send_and_sync::<LateField<dyn Display>>();
    assert_eq!(
        format!("{:?}", LateField::<str>::none()),
        "LateField { .. }"
    );
}
