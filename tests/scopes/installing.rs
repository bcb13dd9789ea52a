//! Installing, replacing and taking out at run time, while operations run.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::{Dispatch, dispatcher, info_span};
use tracing_relay::engine::Engine;
use tracing_relay::scope::run_outside;
use tracing_relay::{TraceScope, relay_traced, traced};

use crate::applications::{Application, Kind};
use crate::support::{
    Installed, Kept, LONG, assert_apart, assert_child, assert_root, assert_whole, block_on, named,
    names, poll_once, span_id, yield_now,
};

/// An exporter that waits until it may go on, and says that it was dropped.
#[derive(Debug)]
struct Waiting {
    kept: Kept,
    go_on: Mutex<mpsc::Receiver<()>>,
    begun: mpsc::Sender<()>,
    dropped: mpsc::Sender<()>,
}

/// What a test has of a [`Waiting`].
struct Waited {
    kept: Kept,
    go_on: mpsc::Sender<()>,
    begun: mpsc::Receiver<()>,
    dropped: mpsc::Receiver<()>,
}

fn waiting() -> (Waiting, Waited) {
    let kept = Kept::default();
    let (go_on, wait) = mpsc::channel();
    let (begins, begun) = mpsc::channel();
    let (drops, dropped) = mpsc::channel();
    let exporter = Waiting {
        kept: kept.clone(),
        go_on: Mutex::new(wait),
        begun: begins,
        dropped: drops,
    };
    let test = Waited {
        kept,
        go_on,
        begun,
        dropped,
    };
    (exporter, test)
}

impl SpanExporter for Waiting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        // The test may not look.
        let _ = self.begun.send(());
        let _ = self
            .go_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv_timeout(LONG);
        self.kept.export(batch).await
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.dropped.send(());
    }
}

#[test]
fn nothing_is_lost_while_pipelines_come_and_go() {
    static RELAY: TraceScope = TraceScope::new("relay");
    const THREADS: usize = 4;
    const OPERATIONS: usize = 3_000;

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        step();
        block_on(inner());
    }

    #[traced]
    fn step() {}

    #[relay_traced(scope = RELAY, name = "inner")]
    async fn inner() {
        yield_now().await;
        info_span!("library").in_scope(|| {});
    }

    let application = Application::new(Kind::TracingOpentelemetry);
    let done = AtomicBool::new(false);
    let mut installed = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let _attached = application.attach();
                    for _ in 0..OPERATIONS {
                        operation();
                    }
                })
            })
            .collect();
        let changes = scope.spawn(|| {
            let _attached = application.attach();
            let mut installed = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let first = Installed::new(&RELAY);
                let second = Installed::new(&RELAY);
                assert!(first.installation.uninstall(LONG));
                assert!(RELAY.is_installed(), "it was replaced before");
                assert!(second.installation.uninstall(LONG));
                assert!(!RELAY.is_installed());
                installed.extend([first, second]);
            }
            installed
        });
        for worker in workers {
            worker.join().expect("it does not panic");
        }
        done.store(true, Ordering::Relaxed);
        installed = changes.join().expect("it does not panic");
    });
    // Operations that ran when their pipeline was taken out have ended in it since.
    let mut exporters = vec![application.spans()];
    for installed in installed {
        let spans = installed.spans();
        let statistics = installed.installation.statistics();
        assert_eq!(statistics.exported, spans.len() as u64);
        assert_eq!((statistics.dropped, statistics.failed), (0, 0));
        exporters.push(spans);
    }
    for name in ["operation", "step", "inner", "library"] {
        let all = exporters.iter().flatten();
        let count = all.filter(|span| span.name == name).count();
        assert_eq!(count, THREADS * OPERATIONS, "{name}");
    }
    let exporters: Vec<_> = exporters.iter().map(Vec::as_slice).collect();
    assert_apart(&exporters);
    for spans in exporters {
        assert_whole(spans);
    }
}

#[test]
fn an_operation_goes_on_in_the_pipeline_that_it_began_in() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    async fn operation() {
        yield_now().await;
        inner();
        info_span!("library").in_scope(|| {});
    }

    #[relay_traced(scope = RELAY, name = "inner")]
    fn inner() {}

    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    let first = Installed::new(&RELAY);
    let mut in_first = Box::pin(operation());
    poll_once(in_first.as_mut());

    let second = Installed::new(&RELAY);
    let mut in_second = Box::pin(operation());
    poll_once(in_second.as_mut());
    block_on(in_first);
    let spans = first.spans();
    assert_eq!(names(&spans), ["inner", "library", "operation"]);
    assert_child(named(&spans, "inner"), named(&spans, "operation"));

    // That of the first takes nothing out, because it is not installed any more.
    first.uninstall();
    assert!(RELAY.is_installed());
    assert!(second.installation.uninstall(LONG));
    assert!(!RELAY.is_installed());
    info_span!("user").in_scope(inner);
    block_on(in_second);
    let spans = second.spans();
    assert_eq!(names(&spans), ["inner", "library", "operation"]);
    assert_root(named(&spans, "operation"));
    let spans = application.spans();
    assert_eq!(names(&spans), ["inner", "user"]);
    assert_child(&spans[0], &spans[1]);
}

#[test]
fn the_last_operation_does_not_wait_for_an_exporter_that_hangs() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    async fn operation() -> u64 {
        yield_now().await;
        7
    }

    let (exporter, test) = waiting();
    let engine = Engine::builder().with_exporter(exporter);
    let installation = RELAY.install(engine).expect("a thread can be started");
    let mut running = Box::pin(operation());
    poll_once(running.as_mut());
    // There is nothing to export yet.
    drop(installation);
    assert_eq!(block_on(running), 7);
    // The exporter has it, and waits; the operation is long over.
    test.begun.recv_timeout(LONG).expect("it is exported");
    assert_eq!(test.kept.spans().len(), 0);
    assert!(test.dropped.try_recv().is_err());
    test.go_on.send(()).expect("it waits");
    // The thread ends, and the exporter with it.
    test.dropped.recv_timeout(LONG).expect("it is dropped");
    assert_eq!(names(&test.kept.spans()), ["operation"]);
}

#[test]
fn taking_out_waits_no_longer_than_it_was_told_to() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {}

    let (exporter, test) = waiting();
    let engine = Engine::builder().with_exporter(exporter);
    let installation = RELAY.install(engine).expect("a thread can be started");
    operation();
    assert!(!installation.uninstall(Duration::from_millis(1)));
    assert!(!RELAY.is_installed());
    test.begun.recv_timeout(LONG).expect("it is exported");
    test.go_on.send(()).expect("it waits");
    assert!(installation.flush(LONG));
    assert_eq!(installation.statistics().exported, 1);
    drop(installation);
    test.dropped.recv_timeout(LONG).expect("it is dropped");
}

#[test]
fn a_pipeline_ends_with_the_last_that_refers_to_it() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() -> tracing::Span {
        info_span!("library")
    }

    let (exporter, test) = waiting();
    test.go_on.send(()).expect("there is room");
    test.go_on.send(()).expect("there is room");
    let engine = Engine::builder().with_exporter(exporter);
    let installation = RELAY.install(engine).expect("a thread can be started");
    let library = operation();
    drop(installation);
    assert_eq!(names(&test.kept.spans()), ["operation"]);
    assert!(test.dropped.try_recv().is_err(), "a span of it is open");
    library.in_scope(|| {});
    drop(library);
    test.dropped.recv_timeout(LONG).expect("it is dropped");
    assert_eq!(names(&test.kept.spans()), ["operation", "library"]);
}

#[test]
fn threads_that_had_operations_do_not_keep_a_pipeline() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {}

    let (exporter, test) = waiting();
    test.go_on.send(()).expect("there is room");
    let engine = Engine::builder().with_exporter(exporter);
    let installation = RELAY.install(engine).expect("a thread can be started");
    let ran = Arc::new(Barrier::new(2));
    let over = Arc::new(Barrier::new(2));
    let worker = thread::spawn({
        let (ran, over) = (Arc::clone(&ran), Arc::clone(&over));
        move || {
            operation();
            ran.wait();
            over.wait();
        }
    });
    ran.wait();
    drop(installation);
    test.dropped.recv_timeout(LONG).expect("it is dropped");
    assert_eq!(names(&test.kept.spans()), ["operation"]);
    over.wait();
    worker.join().expect("it does not panic");
}

#[test]
fn an_operation_that_was_replaced_twice_shares_no_id() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "operation")]
    async fn operation() {
        yield_now().await;
    }

    let mut pipelines = Vec::new();
    let mut running = Vec::new();
    for _ in 0..3 {
        pipelines.push(Installed::new(&RELAY));
        let mut operation = Box::pin(operation());
        poll_once(operation.as_mut());
        running.push(operation);
    }
    for operation in running {
        block_on(operation);
    }
    let ids: HashSet<_> = pipelines
        .iter()
        .map(|pipeline| {
            let spans = pipeline.spans();
            assert_eq!(names(&spans), ["operation"]);
            span_id(&spans[0])
        })
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(RELAY.is_installed());
    for pipeline in pipelines {
        pipeline.uninstall();
    }
    assert!(!RELAY.is_installed());
}

#[test]
fn a_scope_that_is_installed_inside_of_another_has_the_same_application() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "installs")]
    fn installs() -> Installed {
        Installed::new(&OTHER)
    }

    /// As a library that takes the subscriber along, and nothing else.
    #[relay_traced(scope = OTHER, name = "gives")]
    fn gives() -> Dispatch {
        dispatcher::get_default(Dispatch::clone)
    }

    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    let relay = Installed::new(&RELAY);
    let other = installs();
    let scope = gives();
    drop(relay.uninstall());
    // Nothing says what is around it here, but what was around when it was installed.
    info_span!("user").in_scope(|| {
        dispatcher::with_default(&scope, || {
            tracing::info!("inside");
            run_outside(|| info_span!("callback").in_scope(|| {}));
        });
    });
    let spans = application.spans();
    assert_eq!(names(&spans), ["callback", "user"]);
    assert_eq!(spans[1].events.events.len(), 1);
    drop(scope);
    assert_eq!(names(&other.uninstall()), ["gives"]);
}

#[test]
fn scopes_that_are_installed_where_only_a_subscriber_was_taken_along_do_not_ask_each_other_for_ever()
 {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay")]
    fn relay() -> Dispatch {
        tracing::info!("in relay");
        dispatcher::get_default(Dispatch::clone)
    }

    #[relay_traced(scope = OTHER, name = "other")]
    fn other() -> Dispatch {
        tracing::info!("in other");
        dispatcher::get_default(Dispatch::clone)
    }

    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    let of_relay = Installed::new(&RELAY);
    let relay_alone = relay();
    let of_other = dispatcher::with_default(&relay_alone, || Installed::new(&OTHER));
    let other_alone = other();
    info_span!("user").in_scope(|| {
        dispatcher::with_default(&other_alone, relay);
        dispatcher::with_default(&other_alone, other);
        dispatcher::with_default(&relay_alone, other);
        dispatcher::with_default(&relay_alone, || run_outside(relay));
    });
    drop((relay_alone, other_alone));
    let spans = application.spans();
    assert_eq!(names(&spans), ["user"]);
    assert_eq!(spans[0].events.events.len(), 4);
    assert_eq!(names(&of_relay.uninstall()), ["relay"; 3]);
    assert_eq!(names(&of_other.uninstall()), ["other"; 3]);
}
