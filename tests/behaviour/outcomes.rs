//! How a span ended, and what its result says about it: each span has one outcome, and its status is
//! an error for the failed and the panicked only.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{FutureExt as _, join, poll};
use tokio::sync::oneshot;
use tracing_relay::testing::{Status, Traces};
use tracing_relay::{
    Failure, SpanError, SpanOutcome, TraceScope, assert_trace, relay_traced, traced,
};

/// How often the outcome and the kind of the error are on a span.
#[track_caller]
fn assert_recorded_once(traces: &Traces) {
    for span in traces.spans() {
        let mut keys: Vec<_> = span.attributes().iter().map(|(key, _)| key).collect();
        let before = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), before, "a key twice on {span:?}");
        assert!(span.outcome().is_some(), "no outcome on {span:?}");
    }
}

/// An error with a source.
#[derive(Debug)]
struct Outer(Inner);

#[derive(Debug)]
struct Inner;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer failed")
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret 123")
    }
}

impl Error for Inner {}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

static RELAY: TraceScope = TraceScope::new("relay");

#[traced]
fn fails() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[traced(err = "type")]
async fn fails_by_type() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[traced(err = "message")]
async fn fails_with_message() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[traced(err = "chain")]
fn fails_with_chain() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[relay_traced(scope = RELAY)]
fn fails_in_relay() -> Result<(), Outer> {
    Err(Outer(Inner))
}

#[tracing_relay::test]
async fn an_error_shows_its_type_and_as_much_of_its_text_as_was_asked_for(traces: Traces) {
    fails().unwrap_err();
    fails_by_type().await.unwrap_err();
    fails_with_message().await.unwrap_err();
    fails_with_chain().unwrap_err();
    fails_in_relay().unwrap_err();
    assert_trace!(
        traces,
        r#"
        unordered
        internal fails {error.type="behaviour::outcomes::Outer"} error => failed

        internal fails_by_type {error.type="behaviour::outcomes::Outer"} error => failed

        internal fails_with_message {error.type="behaviour::outcomes::Outer"} error "outer failed" => failed

        internal fails_with_chain {error.type="behaviour::outcomes::Outer"} error "outer failed: secret 123" => failed

        internal fails_in_relay {error.type="behaviour::outcomes::Outer"} error "outer failed: secret 123" => failed
        "#
    );
    assert_recorded_once(&traces);
}

#[traced(err = "chain")]
fn boxed_error() -> Result<(), Box<dyn Error>> {
    Err(Box::new(Outer(Inner)))
}

#[traced(err = "chain")]
fn boxed_send_error() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(Box::new(Outer(Inner)))
}

/// An error like those of the crates that erase types: not an `Error`, but a view of one.
struct Erased(Box<dyn Error + Send + Sync + 'static>);

impl AsRef<dyn Error + Send + Sync + 'static> for Erased {
    fn as_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl AsRef<dyn Error + 'static> for Erased {
    fn as_ref(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

struct ErasedLocal(Box<dyn Error + 'static>);

impl AsRef<dyn Error + 'static> for ErasedLocal {
    fn as_ref(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

#[traced(err = "chain")]
async fn erased_error() -> Result<(), Erased> {
    Err(Erased(Box::new(Outer(Inner))))
}

#[traced(err = "chain")]
fn erased_local_error() -> Result<(), ErasedLocal> {
    Err(ErasedLocal(Box::new(Outer(Inner))))
}

#[traced(err = "chain")]
fn worded_error() -> Result<(), String> {
    Err("in words".to_owned())
}

#[traced(err = "chain")]
fn borrowed_error(words: &str) -> Result<(), &str> {
    Err(words)
}

#[derive(Debug)]
struct Speechless;

#[traced(err = "chain")]
fn speechless_error() -> Result<(), Speechless> {
    Err(Speechless)
}

#[traced(err = "chain")]
fn generic_error<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[traced(err = "chain")]
fn generic_display_error<E: fmt::Display>(error: E) -> Result<(), E> {
    Err(error)
}

#[tracing_relay::test]
async fn every_type_of_error_fails_its_span(traces: Traces) {
    boxed_error().unwrap_err();
    boxed_send_error().unwrap_err();
    assert!(erased_error().await.is_err());
    assert!(erased_local_error().is_err());
    worded_error().unwrap_err();
    borrowed_error("borrowed words").unwrap_err();
    speechless_error().unwrap_err();
    generic_error(Speechless).unwrap_err();
    generic_display_error('x').unwrap_err();
    let described: Vec<_> = traces
        .spans()
        .iter()
        .map(|span| {
            assert_eq!(span.outcome(), Some("failed"));
            assert!(span.attribute("error.type").is_some());
            (span.name().to_owned(), span.status().clone())
        })
        .collect();
    let expected = [
        ("boxed_error", "outer failed: secret 123"),
        ("boxed_send_error", "outer failed: secret 123"),
        ("erased_error", "outer failed: secret 123"),
        ("erased_local_error", "outer failed: secret 123"),
        ("worded_error", "in words"),
        ("borrowed_error", "borrowed words"),
        ("speechless_error", ""),
        ("generic_error", ""),
        ("generic_display_error", "x"),
    ]
    .map(|(name, text)| (name.to_owned(), Status::Error(text.into())));
    assert_eq!(described, expected);
    assert_recorded_once(&traces);
}

/// An error of which some values are none.
#[derive(Debug, PartialEq)]
enum QueueError {
    Empty,
    Closed,
}

impl SpanError for QueueError {
    fn failure(&self) -> Option<Failure<'_>> {
        match self {
            Self::Empty => None,
            Self::Closed => Some(Failure::new("queue_closed").with_message(&"the queue is closed")),
        }
    }
}

/// A reply that can be an error without being a `Result`.
struct Reply(u16);

impl SpanOutcome for Reply {
    fn failure(&self) -> Option<Failure<'_>> {
        (self.0 >= 500).then(|| Failure::new(Cow::Owned(self.0.to_string())))
    }
}

#[traced(err = "message")]
fn receive(closed: bool) -> Result<(), QueueError> {
    Err(if closed {
        QueueError::Closed
    } else {
        QueueError::Empty
    })
}

#[traced]
async fn respond(status: u16) -> Reply {
    Reply(status)
}

#[traced]
fn not_a_result() -> Option<u8> {
    None
}

#[tracing_relay::test]
async fn types_say_which_of_their_values_are_failures(traces: Traces) {
    assert_eq!(receive(false), Err(QueueError::Empty));
    assert_eq!(receive(true), Err(QueueError::Closed));
    assert_eq!(respond(404).await.0, 404);
    assert_eq!(respond(503).await.0, 503);
    assert_eq!(not_a_result(), None);
    assert_trace!(
        traces,
        r#"
        unordered
        internal receive {!error.type} => completed

        internal receive {error.type="queue_closed"} error "the queue is closed" => failed

        internal respond {!error.type} => completed

        internal respond {error.type="503"} error => failed

        internal not_a_result => completed
        "#
    );
    assert_recorded_once(&traces);
}

#[traced]
async fn waits() {
    pending::<()>().await;
}

#[traced]
fn waits_later() -> impl Future<Output = u8> + Send {
    let number = 1;
    async move {
        pending::<()>().await;
        number
    }
}

#[traced]
async fn waits_for_a_child() {
    waits().await;
}

#[tracing_relay::test]
async fn a_future_that_is_dropped_is_cancelled(traces: Traces) {
    assert!(poll!(pin!(waits())).is_pending());
    assert!(poll!(pin!(waits_later())).is_pending());
    assert_trace!(
        traces,
        "
        internal waits => cancelled

        internal waits_later => cancelled
        "
    );
    assert_recorded_once(&traces);
}

#[tracing_relay::test]
async fn a_select_that_takes_the_other_branch_cancels(traces: Traces) {
    tokio::select! {
        biased;
        () = waits_for_a_child() => unreachable!("it waits forever"),
        () = std::future::ready(()) => {}
    }
    assert_trace!(
        traces,
        "
        internal waits_for_a_child => cancelled
          internal waits => cancelled
        "
    );
}

#[tracing_relay::test]
async fn a_timeout_cancels(traces: Traces) {
    tokio::time::timeout(Duration::ZERO, waits())
        .await
        .expect_err("it waits forever");
    assert_trace!(traces, "internal waits => cancelled");
}

#[tracing_relay::test(flavor = "multi_thread")]
async fn an_aborted_task_is_cancelled(traces: Traces) {
    let (started, start) = oneshot::channel();
    let task = tracing_relay::task::spawn(async move {
        let mut waiting = pin!(waits());
        assert!(poll!(waiting.as_mut()).is_pending());
        started.send(()).expect("the test waits");
        waiting.await;
    });
    start.await.expect("the task starts");
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    traces.wait_for("waits").await;
    assert_trace!(traces, "internal waits => cancelled");
}

#[traced]
fn panics() {
    panic!("on purpose");
}

#[traced]
async fn panics_later() {
    tokio::task::yield_now().await;
    panic!("on purpose");
}

#[traced]
fn panics_when_polled() -> impl Future<Output = ()> + Send {
    let number = 1;
    async move {
        assert_ne!(number, 1, "on purpose");
    }
}

#[traced]
fn catches() -> bool {
    catch_unwind(panics).is_err()
}

#[traced]
async fn catches_async() -> bool {
    AssertUnwindSafe(panics_later())
        .catch_unwind()
        .await
        .is_err()
}

#[tracing_relay::test]
async fn a_body_that_unwinds_has_panicked_and_its_callers_have_not(traces: Traces) {
    assert!(catches());
    assert!(catches_async().await);
    assert!(
        AssertUnwindSafe(panics_when_polled())
            .catch_unwind()
            .await
            .is_err()
    );
    assert_trace!(
        traces,
        r#"
        internal catches => completed
          internal panics {error.type="panic"} error "panicked" => panicked

        internal catches_async => completed
          internal panics_later {error.type="panic"} error "panicked" => panicked

        internal panics_when_polled {error.type="panic"} error "panicked" => panicked
        "#
    );
    assert_recorded_once(&traces);
}

/// Waits, and is dropped while its sibling unwinds.
#[tracing_relay::test]
async fn the_sibling_of_a_future_that_panics_is_cancelled(traces: Traces) {
    let both = async {
        join!(waits(), panics_later());
    };
    assert!(AssertUnwindSafe(both).catch_unwind().await.is_err());
    assert_trace!(
        traces,
        r#"
        internal waits => cancelled

        internal panics_later error "panicked" => panicked
        "#
    );
    assert_recorded_once(&traces);
}

/// Runs annotated code while the thread unwinds.
struct WorksInDrop;

impl Drop for WorksInDrop {
    fn drop(&mut self) {
        not_a_result();
    }
}

#[tracing_relay::test]
fn work_that_runs_while_unwinding_completes(traces: Traces) {
    catch_unwind(|| {
        let _guard = WorksInDrop;
        panics();
    })
    .unwrap_err();
    assert_trace!(
        traces,
        r#"
        internal panics error "panicked" => panicked

        internal not_a_result => completed
        "#
    );
}

#[traced]
async fn spawns(
    release: oneshot::Receiver<()>,
    started: oneshot::Sender<()>,
) -> tokio::task::JoinHandle<()> {
    tracing_relay::task::spawn(outlives(release, started))
}

#[traced]
async fn outlives(release: oneshot::Receiver<()>, started: oneshot::Sender<()>) {
    started.send(()).expect("the test waits");
    release.await.expect("the test releases it");
}

#[tracing_relay::test(flavor = "multi_thread")]
async fn a_span_is_exported_when_its_function_ends_although_its_task_still_runs(traces: Traces) {
    let (release, released) = oneshot::channel();
    let (started, start) = oneshot::channel();
    let task = spawns(released, started).await;
    start.await.expect("the task starts");
    assert_eq!(traces.exported(), ["spawns"]);
    assert_eq!(traces.open(), ["outlives"]);
    release.send(()).expect("the task waits");
    task.await.expect("the task ends");
    assert_trace!(
        traces,
        "
        internal spawns => completed
          internal outlives => completed
        "
    );
    let (spawns, outlives) = (traces.span("spawns"), traces.span("outlives"));
    assert!(spawns.end() <= outlives.end());
}

#[derive(Clone, Debug)]
struct Shown;

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("shown")
    }
}

#[derive(Debug)]
struct OnlyDebug;

#[traced(fields(
    text = "literal",
    borrowed = text,
    owned = text.to_owned(),
    cow = Cow::Borrowed(text),
    truth = number > 3,
    small = 7_u8,
    large = u64::MAX / 2,
    too_large = u128::MAX,
    negative = -1_i128,
    size = text.len(),
    float = 1.5_f32,
    some = Some(number),
    none = None::<u64>,
    some_shown = Some(Shown),
    none_shown = None::<Shown>,
    shared = Rc::new(5_u64),
    shown = Shown,
    forced = %number,
    debugged = ?OnlyDebug,
    debugged_text = ?text,
    "quoted key" = 1,
    dotted.key.type = 2,
    r#match = 3,
    number,
    ?list,
    %letter,
))]
fn fields_of_every_type(text: &str, number: u64, list: &[u8], letter: char) {}

#[tracing_relay::test]
fn values_keep_their_types(traces: Traces) {
    fields_of_every_type("text", 4, &[1, 2], 'l');
    assert_trace!(
        traces,
        r#"
        internal fields_of_every_type {text="literal", borrowed="text", owned="text", cow="text", truth=true, small=7, large=9223372036854775807, too_large="340282366920938463463374607431768211455", negative=-1, size=4, float=1.5, some=4, !none, some_shown="shown", !none_shown, shared=5, shown="shown", forced="4", debugged="OnlyDebug", debugged_text="\"text\"", "quoted key"=1, dotted.key.type=2, match=3, number=4, list="[1, 2]", letter="l"}
        "#
    );
    assert_recorded_once(&traces);
}

#[traced]
fn field_attributes(
    #[field] user: &str,
    #[field("tenant.id")] tenant: u64,
    #[field(?)] list: &[u8],
    #[field("request.kind", %)] kind: char,
    #[field("absent")] none: Option<&str>,
) {
}

#[tracing_relay::test]
fn parameters_are_fields(traces: Traces) {
    field_attributes("ada", 7, &[1], 'k', None);
    assert_trace!(
        traces,
        r#"internal field_attributes {user="ada", tenant.id=7, list="[1]", request.kind="k", !absent}"#
    );
}

struct Thread {
    id: u64,
    title: Option<String>,
}

struct RpcError {
    code: i64,
}

#[traced(
    fields(known = 1),
    on_ok(|thread| turn.id = thread.id, turn.title = thread.title, both = "ok"),
    on_err(|RpcError { code }| rpc.status_code = code, both = "err")
)]
async fn starts(code: Option<i64>) -> Result<Thread, RpcError> {
    tokio::task::yield_now().await;
    match code {
        Some(code) => Err(RpcError { code }),
        None => Ok(Thread { id: 9, title: None }),
    }
}

#[traced(on_ok(|length| length = length))]
fn measures(text: &str) -> usize {
    text.len()
}

#[traced(on_ok(|Thread { id, .. }| id))]
fn returned_thread() -> std::pin::Pin<Box<dyn Future<Output = Result<Thread, RpcError>>>> {
    let id = 11;
    Box::pin(async move {
        Ok(Thread {
            id,
            title: Some("t".to_owned()),
        })
    })
}

#[traced(on_ok(done = true))]
async fn nothing_but_done() {}

#[tracing_relay::test]
async fn results_are_fields(traces: Traces) {
    assert!(starts(None).await.is_ok());
    assert!(starts(Some(-32000)).await.is_err());
    assert_eq!(measures("four"), 4);
    assert!(
        returned_thread()
            .await
            .is_ok_and(|thread| thread.title.is_some())
    );
    nothing_but_done().await;
    assert_trace!(
        traces,
        r#"
        unordered
        internal starts {known=1, turn.id=9, !turn.title, both="ok", !rpc.status_code} => completed

        internal starts {known=1, rpc.status_code=-32000, both="err", !turn.id} error => failed

        internal measures {length=4} => completed

        internal returned_thread {id=11} => completed

        internal nothing_but_done {done=true} => completed
        "#
    );
    assert_recorded_once(&traces);
}
