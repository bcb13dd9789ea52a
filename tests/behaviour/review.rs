//! Symptoms that were found by reading the engine against its promises.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Waker};

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span as SdkSpan, SpanData, SpanProcessor};
use tracing::info_span;
use tracing_relay::testing::{LevelFilter, Pipeline, Traces};
use tracing_relay::{
    Baggage, CarriesTrace as _, Extracted, InvalidCarrier, TraceCarrier, TraceContext,
    assert_trace, carries_trace, current_baggage, current_trace_id, request_span,
    set_current_baggage, task, traced,
};
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

fn remote() -> TraceContext {
    REMOTE
        .parse::<TraceContext>()
        .unwrap()
        .with_tracestate("secret=1".parse().ok())
        .with_baggage("user=alice".parse().unwrap())
}

#[traced]
fn step<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Its `Display` does what it should not.
#[derive(Clone, Copy, Debug)]
enum Unprintable {
    Panics,
    Fails,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        match self {
            Self::Panics => panic!("no words"),
            Self::Fails => Err(fmt::Error),
        }
    }
}

impl std::error::Error for Unprintable {}

#[test]
fn a_field_that_cannot_be_printed_changes_nothing_for_the_function() {
    #[traced(fields(value = %value), on_ok(|ok| late = %ok), err = "chain")]
    fn sync(value: Unprintable, fail: bool) -> Result<Unprintable, Unprintable> {
        if fail { Err(value) } else { Ok(value) }
    }
    #[traced(fields(value = %value), on_ok(|ok| late = %ok), err = "message")]
    async fn polled(value: Unprintable) -> Result<Unprintable, Unprintable> {
        Ok(value)
    }
    #[traced(fields(value = %value))]
    fn returned(value: Unprintable) -> impl Future<Output = Unprintable> {
        async move { value }
    }
    for value in [Unprintable::Panics, Unprintable::Fails] {
        Pipeline::new().capture_logs().run(async |traces| {
            assert!(sync(value, false).is_ok());
            assert!(sync(value, true).is_err());
            assert!(polled(value).await.is_ok());
            returned(value).await;
            assert_eq!(traces.exported(), ["sync", "sync", "polled", "returned"]);
            assert!(traces.open().is_empty());
        });
    }
}

/// Panics at the end of each span.
#[derive(Debug)]
struct Broken;

impl SpanProcessor for Broken {
    fn on_start(&self, _: &mut SdkSpan, _: &opentelemetry::Context) {}

    fn on_end(&self, _: SpanData) {
        panic!("the exporter is broken");
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: std::time::Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn with_broken_exporter(test: impl FnOnce()) {
    let provider = SdkTracerProvider::builder()
        .with_span_processor(Broken)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("broken"));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, test);
}

#[test]
fn an_exporter_that_panics_changes_no_result() {
    #[traced]
    async fn polled() -> u32 {
        2
    }
    with_broken_exporter(|| {
        assert_eq!(step(|| 1), 1);
        let mut task = Task::from_waker(Waker::noop());
        assert!(pin!(polled()).poll(&mut task).is_ready());
    });
}

#[test]
fn an_exporter_that_panics_does_not_abort_a_program_that_unwinds() {
    with_broken_exporter(|| {
        let caught = catch_unwind(AssertUnwindSafe(|| step(|| panic!("of the program"))));
        let panic = caught.expect_err("the body panicked");
        assert_eq!(panic.downcast_ref(), Some(&"of the program"));
    });
}

#[tracing_relay::test]
async fn baggage_that_a_task_sets_itself_is_there_after_an_await(_traces: Traces) {
    async fn work() -> Baggage {
        assert!(set_current_baggage("a=1".parse().unwrap()));
        tokio::task::yield_now().await;
        current_baggage()
    }
    #[traced]
    async fn inside() -> [Baggage; 2] {
        let spawned = task::spawn(work()).await.unwrap();
        [spawned, current_baggage()]
    }
    assert_eq!(task::spawn(work()).await.unwrap().to_string(), "a=1");
    assert_eq!(task::detach(work()).await.unwrap().to_string(), "a=1");
    let [spawned, own] = inside().await;
    assert_eq!(spawned.to_string(), "a=1");
    assert!(own.is_empty());
}

#[carries_trace]
struct Message {
    text: &'static str,
}

fn untrusted_message() -> Message {
    Message {
        text: "hello",
        trace: TraceCarrier::from(remote()),
    }
}

#[test]
fn a_message_that_is_not_trusted_is_forwarded_without_its_trace() {
    #[request_span(trust = false, level = "debug")]
    fn sync(message: Message) -> Message {
        assert!(current_baggage().is_empty());
        message
    }
    #[request_span(trust = false, level = "debug")]
    async fn polled(message: Message) -> Message {
        message
    }
    #[request_span(trust = false, level = "debug")]
    fn returned(message: Message) -> impl Future<Output = Message> {
        async move { message }
    }
    for pipeline in [
        Pipeline::new(),
        Pipeline::new().behind_reload(),
        Pipeline::new().context_activation(false),
        Pipeline::new().level(LevelFilter::INFO),
        Pipeline::new().without_opentelemetry(),
        Pipeline::new().without_subscriber(),
    ] {
        pipeline.run(async |_| {
            for message in [
                sync(untrusted_message()),
                polled(untrusted_message()).await,
                returned(untrusted_message()).await,
            ] {
                assert_eq!(message.text, "hello");
                if let Some(context) = message.trace.context() {
                    assert_ne!(context.trace_id().to_string(), TRACE_ID);
                    assert!(context.baggage().is_empty());
                    assert_eq!(context.tracestate(), None);
                }
            }
        });
    }
}

#[test]
fn spans_of_others_in_a_request_that_is_not_trusted_are_in_its_new_trace() {
    #[request_span(trust = false)]
    fn untrusted(carrier: TraceContext) {
        let _ = carrier;
        info_span!("theirs").in_scope(|| {});
    }
    let pipeline = Pipeline::new().filter(|metadata| metadata.name() != "untrusted");
    pipeline.run_sync(|traces| {
        info_span!("consumer").in_scope(|| untrusted(remote()));
        let [theirs, consumer] = ["theirs", "consumer"].map(|name| traces.span(name));
        assert_eq!(theirs.parent(), None);
        assert_ne!(theirs.trace_id(), consumer.trace_id());
        assert_ne!(theirs.trace_id().to_string(), TRACE_ID);
    });
}

/// Span ids are unique in a trace, and nowhere else.
#[test]
fn a_received_context_with_the_span_id_of_the_current_span_is_another_one() {
    #[request_span(level = "debug")]
    fn disabled(carrier: TraceContext) {
        let _ = carrier;
        info_span!("theirs").in_scope(|| {});
    }
    Pipeline::new().level(LevelFilter::INFO).run_sync(|traces| {
        step(|| {
            let here = TraceCarrier::capture().context().unwrap().span_id();
            disabled(TraceContext::new(
                remote().trace_id(),
                here,
                remote().flags(),
            ));
        });
        assert_eq!(traces.span("theirs").trace_id().to_string(), TRACE_ID);
    });
}

/// Whether its span is enabled or not.
#[test]
fn what_a_returned_future_runs_stays_in_the_trace_of_the_call() {
    #[traced(level = "debug")]
    fn later() -> impl Future<Output = ()> {
        async move {
            tokio::task::yield_now().await;
            step(|| {});
        }
    }
    #[traced]
    #[allow(deprecated)]
    async fn call() {
        tokio::spawn(later()).await.unwrap();
    }
    for level in [LevelFilter::DEBUG, LevelFilter::INFO] {
        Pipeline::new().level(level).run(async |traces| {
            call().await;
            assert_eq!(
                traces.span("step").trace_id(),
                traces.span("call").trace_id()
            );
        });
    }
}

#[test]
fn baggage_beside_an_invalid_context_survives_a_disabled_span() {
    #[request_span(level = "debug")]
    fn handle(carrier: Extracted) -> Baggage {
        let _ = carrier;
        current_baggage()
    }
    let mut headers = http::HeaderMap::new();
    headers.insert("traceparent", "nonsense".parse().unwrap());
    headers.insert("baggage", "user=alice".parse().unwrap());
    for level in [LevelFilter::DEBUG, LevelFilter::INFO] {
        Pipeline::new().level(level).run_sync(|_| {
            assert_eq!(
                handle(headers.extract()).to_string(),
                "user=alice",
                "{level}"
            );
        });
    }
}

#[test]
fn a_cancelled_future_whose_destructor_panics_has_an_outcome() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    #[traced]
    async fn wait() {
        let _bomb = Bomb;
        std::future::pending::<()>().await;
    }
    Pipeline::new().run_sync(|traces| {
        let mut future = Box::pin(wait());
        assert!(
            future
                .as_mut()
                .poll(&mut Task::from_waker(Waker::noop()))
                .is_pending()
        );
        assert!(catch_unwind(AssertUnwindSafe(|| drop(future))).is_err());
        assert_trace!(traces, r#"internal wait error "panicked" => panicked"#);
    });
}

/// Drops what it holds when its thread ends, after the thread-locals that were used later.
struct Last(RefCell<Vec<Box<dyn FnOnce()>>>);

impl Drop for Last {
    fn drop(&mut self) {
        for last in self.0.take() {
            last();
        }
    }
}

thread_local! {
    static LAST: Last = const { Last(RefCell::new(Vec::new())) };
}

fn on_a_thread_that_ends(body: impl FnOnce() -> Box<dyn FnOnce()> + Send + 'static) {
    let thread = std::thread::spawn(|| {
        LAST.with(|last| last.0.borrow_mut().reserve(1));
        let at_the_end = body();
        LAST.with(|last| last.0.borrow_mut().push(at_the_end));
    });
    thread.join().unwrap();
}

#[test]
fn the_end_of_a_thread_can_ask_for_the_current_trace() {
    on_a_thread_that_ends(|| {
        assert_eq!(current_trace_id(), None);
        Box::new(|| {
            assert_eq!(current_trace_id(), None);
            assert!(current_baggage().is_empty());
            assert!(TraceCarrier::capture().is_none());
            assert!(!set_current_baggage(Baggage::new()));
            task::TaskContext::current().run(|| {});
        })
    });
}

#[test]
fn a_future_that_is_dropped_by_the_end_of_its_thread_ends_its_span() {
    #[traced]
    async fn wait() {
        std::future::pending::<()>().await;
    }
    let traces = Pipeline::new().build();
    let of_thread = traces.clone();
    on_a_thread_that_ends(move || {
        let _attached = of_thread.attach();
        let mut future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(wait());
        assert!(
            future
                .as_mut()
                .poll(&mut Task::from_waker(Waker::noop()))
                .is_pending()
        );
        Box::new(|| drop(future))
    });
    assert_trace!(traces, "internal wait => cancelled");
}

/// Lines of a `fmt` layer.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As many services are set up: more in the traces than in the log.
#[test]
fn an_event_is_not_lost_because_a_span_is_about_to_open() {
    #[traced(level = "debug")]
    fn later() -> impl Future<Output = ()> {
        tracing::info!("at the call");
        async {}
    }
    #[traced(level = "debug", fields(number = { tracing::info!("in a field"); 1 }))]
    fn with_field() {}

    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(move || writer.clone())
        .with_filter(LevelFilter::INFO);
    let provider = SdkTracerProvider::builder().build();
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("test"))
        .with_filter(LevelFilter::DEBUG);
    let subscriber = tracing_subscriber::registry().with(log).with(traces);
    tracing::subscriber::with_default(subscriber, || {
        drop(later());
        let made = later();
        tracing::info!("after the call");
        drop(made);
        with_field();
        tracing::info!("at the end");
    });
    let text = lines.text();
    assert_eq!(text.matches("at the call").count(), 2, "{text}");
    for event in ["after the call", "in a field", "at the end"] {
        assert_eq!(text.matches(event).count(), 1, "{event}: {text}");
    }
}

#[test]
fn a_warning_is_not_used_up_while_nobody_listens() {
    #[request_span(name = "review.unheard")]
    fn handle(carrier: Extracted) {
        let _ = carrier;
    }
    let invalid = || Extracted::invalid(InvalidCarrier::new("not a context"));
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    handle(invalid());
    tracing::subscriber::with_default(log, || handle(invalid()));
    let text = lines.text();
    assert_eq!(
        text.matches("ignoring an invalid trace carrier").count(),
        1,
        "{text}"
    );
}

/// The message is given away before the span opens.
#[test]
fn a_message_that_is_not_trusted_is_given_to_a_future_without_its_trace() {
    async fn forward(message: Message) -> Message {
        tokio::task::yield_now().await;
        message
    }
    #[request_span(trust = false)]
    fn returned(message: Message) -> impl Future<Output = Message> {
        forward(message)
    }
    #[request_span(trust = message.text == "secret")]
    fn boxed(message: Message) -> Pin<Box<dyn Future<Output = Message>>> {
        let inner = forward(message);
        Box::pin(inner)
    }
    Pipeline::new().run(async |_| {
        for message in [
            returned(untrusted_message()).await,
            boxed(untrusted_message()).await,
        ] {
            assert!(message.trace.is_none());
        }
    });
}

/// Copies baggage to each span, as processors do.
#[derive(Debug)]
struct AsksForBaggage;

impl SpanProcessor for AsksForBaggage {
    fn on_start(&self, span: &mut SdkSpan, _: &opentelemetry::Context) {
        for (key, value) in current_baggage().iter() {
            span.set_attribute(KeyValue::new(key.to_owned(), value.to_owned()));
        }
    }

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: std::time::Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[test]
fn a_span_processor_that_asks_for_the_baggage_does_not_hang_a_handler() {
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let provider = SdkTracerProvider::builder()
            .with_span_processor(AsksForBaggage)
            .build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            step(|| info_span!("theirs").in_scope(|| step(|| {})));
        });
        done.send(()).unwrap();
    });
    // Waits for as long only where it hangs.
    wait.recv_timeout(std::time::Duration::from_secs(20))
        .expect("the handler returns");
}

/// A parameter of another configuration. Its type does not exist in this one.
#[request_span]
fn conditional(
    #[cfg(any())] missing: Missing,
    #[cfg(test)] message: Message,
    #[cfg(any())] (left, right): (Missing, Missing),
    #[cfg(test)] (number, _): (u8, u8),
) -> (Message, u8) {
    (message, number)
}

#[traced(kind = "client")]
async fn conditional_client(#[cfg(any())] missing: Missing, message: Message) -> Message {
    message
}

#[request_span]
fn conditional_future(
    #[cfg(any())] missing: Missing,
    message: Message,
) -> impl Future<Output = Message> {
    async move { message }
}

#[test]
fn a_parameter_that_is_configured_out_does_not_break_its_function() {
    Pipeline::new().run(async |traces| {
        let message = || Message {
            text: "hello",
            trace: remote().into(),
        };
        let (first, number) = conditional(message(), (7, 8));
        assert_eq!(number, 7);
        let second = conditional_client(message()).await;
        let third = conditional_future(message()).await;
        for message in [first, second, third] {
            assert_ne!(message.trace.context(), Some(&remote()), "re-stamped");
        }
        assert_eq!(traces.spans().len(), 3);
    });
}

#[tracing_relay::test]
async fn a_field_of_a_parameter_that_is_configured_out_is_not_recorded(traces: Traces) {
    #[traced]
    fn marked(
        #[cfg(any())]
        #[field(?)]
        missing: Missing,
        #[cfg(test)]
        #[field("there")]
        id: u8,
    ) -> u8 {
        id
    }
    #[traced(conventions = "http", fields(server.port = port, there))]
    async fn listed(#[cfg(any())] port: u16, #[cfg(test)] there: String) -> String {
        there
    }
    #[traced(fields(%missing, there = 3))]
    fn returned(#[cfg(any())] missing: Missing) -> impl Future<Output = u8> {
        async move { 3 }
    }
    assert_eq!(marked(1), 1);
    assert_eq!(listed("2".to_owned()).await, "2");
    assert_eq!(returned().await, 3);
    assert_trace!(
        traces,
        r#"
        internal marked {!missing, there=1} => completed

        internal listed {!server.port, there="2"} => completed

        internal returned {!missing, there=3} => completed
        "#
    );
}

#[test]
fn code_that_left_the_trace_with_the_opentelemetry_api_sends_what_its_spans_are_in() {
    for pipeline in [Pipeline::new(), Pipeline::new().behind_reload()] {
        pipeline.run_sync(|traces| {
            step(|| {
                let here = current_trace_id();
                let left = opentelemetry::Context::new().attach();
                assert_eq!(current_trace_id(), None);
                assert!(TraceCarrier::capture().is_none());
                task::TaskContext::current().run(|| assert_eq!(current_trace_id(), None));
                assert_ne!(step(current_trace_id), here);
                drop(left);
                assert_eq!(current_trace_id(), here);
            });
            assert_trace!(traces, "internal step\n\ninternal step");
        });
    }
}

#[test]
fn a_pipeline_that_is_attached_inside_a_span_of_another_is_not_in_its_trace() {
    for outer in [Pipeline::new(), Pipeline::new().context_activation(false)] {
        outer.run_sync(|traces| {
            step(|| {
                let here = current_trace_id();
                Pipeline::new().run_sync(|inner| {
                    assert_eq!(current_trace_id(), None);
                    step(|| {});
                    assert_trace!(inner, "internal step");
                });
                assert_eq!(current_trace_id(), here);
            });
            assert_trace!(traces, "internal step");
        });
    }
}

fn survives_unwinding<T: UnwindSafe + RefUnwindSafe>(_: &T) {}

async fn plain(text: String) -> usize {
    std::future::ready(()).await;
    text.len()
}

#[traced]
async fn annotated(text: String) -> usize {
    std::future::ready(()).await;
    text.len()
}

#[test]
fn a_future_that_may_be_unwound_through_still_may_be() {
    survives_unwinding(&plain(String::new()));
    survives_unwinding(&annotated(String::new()));
}
