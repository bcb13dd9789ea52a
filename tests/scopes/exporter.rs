//! The exporter of a scope: where it runs, and that it does not trace itself.

use std::collections::HashSet;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::Tracer as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracer, SpanData, SpanExporter};
use tracing::{Instrument as _, info_span};
use tracing_relay::engine::Engine;
use tracing_relay::{TraceScope, relay_traced, traced};

use crate::applications::{Application, Kind, Runtime};
use crate::support::{Installed, Kept, LONG, block_on, names};

/// An exporter that traces what it does, and notes where it does it.
#[derive(Debug)]
struct Tracing {
    kept: Kept,
    threads: Arc<Mutex<HashSet<ThreadId>>>,
    tracer: SdkTracer,
    /// Operations of the component, as those of an HTTP client that it has.
    operations: fn(),
}

impl Tracing {
    fn work(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.insert(thread::current().id());
        drop(threads);
        info_span!("export").in_scope(|| tracing::warn!("exporting"));
        step();
        self.tracer.in_span("export.api", |_| {});
        (self.operations)();
    }
}

#[traced(name = "export.step")]
fn step() {}

impl SpanExporter for Tracing {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        async { self.work() }
            .instrument(info_span!("export.call"))
            .await;
        self.kept.export(batch).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.work();
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.work();
        Ok(())
    }

    fn set_resource(&mut self, _: &Resource) {
        self.work();
    }
}

impl Drop for Tracing {
    fn drop(&mut self) {
        self.work();
    }
}

#[test]
fn an_exporter_that_traces_itself_is_not_traced() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation() {
        info_span!("relay.library").in_scope(|| {});
    }

    #[relay_traced(scope = OTHER, name = "other.operation")]
    async fn other() {}

    fn operations() {
        operation();
        block_on(other());
        RELAY.run(|| info_span!("relay.run").in_scope(step));
        block_on(OTHER.run_async(async {
            info_span!("other.future").in_scope(step);
        }));
    }

    let tracer = || {
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder();
        let kept = Kept::default();
        let provider = provider.with_simple_exporter(kept.clone()).build();
        let tracer = opentelemetry::trace::TracerProvider::tracer(&provider, "exporter");
        (provider, tracer, kept)
    };
    let (_provider, tracer, of_the_api) = tracer();
    let kept = Kept::default();
    let threads = Arc::default();
    let engine = Engine::builder().with_exporter(Tracing {
        kept: kept.clone(),
        threads: Arc::clone(&threads),
        tracer,
        operations,
    });
    let application = Application::new(Kind::TracingOpentelemetry);
    let of_application: Arc<Mutex<HashSet<ThreadId>>> = Arc::default();
    let installation = RELAY.install(engine).expect("a thread can be started");
    let other_installed = Installed::new(&OTHER);
    let here = Arc::clone(&of_application);
    Runtime::Workers(2).run(&application, async move {
        let note = move || {
            let mut threads = here.lock().unwrap_or_else(PoisonError::into_inner);
            threads.insert(thread::current().id());
        };
        for _ in 0..20 {
            let note = note.clone();
            let task = tokio::spawn(async move {
                note();
                operation();
            });
            task.await.expect("it does not panic");
        }
        note();
    });
    for _ in 0..5 {
        assert!(installation.flush(LONG));
    }
    assert!(installation.uninstall(LONG));
    assert_eq!(installation.statistics().exported, 40);
    drop(installation);

    let spans = kept.spans();
    assert_eq!(spans.len(), 40, "{:?}", names(&spans));
    assert_eq!(names(&of_the_api.spans()), [] as [&str; 0]);
    assert_eq!(names(&other_installed.uninstall()), [] as [&str; 0]);
    assert_eq!(names(&application.spans()), [] as [&str; 0]);
    let lock = |threads: &Mutex<HashSet<ThreadId>>| {
        mem::take(&mut *threads.lock().unwrap_or_else(PoisonError::into_inner))
    };
    let (exporting, of_application) = (lock(&threads), lock(&of_application));
    assert_eq!(exporting.len(), 1, "it has a thread of its own");
    assert!(exporting.is_disjoint(&of_application));
    assert!(!exporting.contains(&thread::current().id()));
}

#[test]
fn where_opentelemetry_is_asked_to_trace_nothing_no_operation_is_recorded() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation(number: u64) -> u64 {
        info_span!("relay.library").in_scope(|| number)
    }

    #[traced(name = "relay.step")]
    fn step() {}

    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    let installed = Installed::new(&RELAY);
    {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        assert_eq!(block_on(operation(7)), 7);
        assert!(Context::is_current_telemetry_suppressed());
    }
    // It began before, and goes on where nothing is to be traced.
    let begun = RELAY.run_async(async {
        info_span!("relay.library").in_scope(|| {});
        assert!(Context::is_current_telemetry_suppressed());
    });
    let suppressed = Context::enter_telemetry_suppressed_scope();
    block_on(begun);
    drop(suppressed);
    assert_eq!(block_on(operation(8)), 8);
    RELAY.run(step);
    let spans = installed.uninstall();
    assert_eq!(
        names(&spans),
        ["relay.library", "relay.operation", "relay.step"]
    );
    assert_eq!(names(&application.spans()), [] as [&str; 0]);
}
