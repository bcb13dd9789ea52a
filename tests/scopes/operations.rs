//! What an installed scope records, and what the application does.

use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use std::time::Duration;
use tracing_relay::engine::Engine;
use tracing_relay::scope::Installation;
use tracing_relay::testing::Pipeline;
use tracing_relay::{TraceScope, relay_traced, traced};

const LONG: Duration = Duration::from_secs(10);

/// A scope with an exporter that keeps what it gets.
struct Installed {
    installation: Installation,
    exporter: InMemorySpanExporter,
}

impl Installed {
    fn new(scope: &'static TraceScope) -> Self {
        let exporter = InMemorySpanExporter::default();
        let engine = Engine::builder().with_exporter(exporter.clone());
        Self {
            installation: scope.install(engine).expect("a thread can be started"),
            exporter,
        }
    }

    fn spans(&self) -> Vec<SpanData> {
        assert!(self.installation.flush(LONG));
        self.exporter
            .get_finished_spans()
            .expect("it was not shut down")
    }
}

#[test]
fn an_operation_and_what_is_in_it_belong_to_the_scope() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.link")]
    fn link() {
        tracing::info_span!("library").in_scope(step);
    }

    #[traced]
    fn step() {}

    Pipeline::new().run_sync(|traces| {
        let installed = Installed::new(&RELAY);
        tracing::info_span!("user").in_scope(|| {
            link();
            tracing::info_span!("after").in_scope(|| {});
        });
        assert_eq!(traces.exported(), ["after", "user"]);
        let spans = installed.spans();
        let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
        assert_eq!(names, ["step", "library", "relay.link"]);
        let ids = |span: &SpanData| span.span_context.span_id();
        assert_eq!(spans[0].parent_span_id, ids(&spans[1]));
        assert_eq!(spans[1].parent_span_id, ids(&spans[2]));
        assert_eq!(spans[2].parent_span_id, opentelemetry::SpanId::INVALID);
    });
}

#[test]
fn a_callsite_that_was_reached_outside_first_is_recorded_inside_without_a_subscriber() {
    static ALONE: TraceScope = TraceScope::new("alone");

    fn library() {
        tracing::info_span!("library").in_scope(|| {});
    }

    let installed = Installed::new(&ALONE);
    library();
    ALONE.run(library);
    let names: Vec<_> = installed
        .spans()
        .into_iter()
        .map(|span| span.name)
        .collect();
    assert_eq!(names, ["library"]);
}

mod in_a_test {
    use tracing_relay::testing::Pipeline;
    use tracing_relay::{TraceScope, assert_trace, relay_traced, task};

    static SHARED: TraceScope = TraceScope::new("shared");

    #[relay_traced(scope = SHARED, fields(number))]
    async fn operation(number: i64) {
        task::spawn(inner(number)).await.expect("the task ends");
    }

    #[relay_traced(scope = SHARED, fields(number))]
    async fn inner(number: i64) {}

    /// Many at once, with the same static.
    fn test(number: i64) {
        let pipeline = Pipeline::new().worker_threads(2).scope(&SHARED);
        pipeline.run(async |traces| {
            operation(number).await;
            assert_trace!(traces, "");
            assert_trace!(
                traces.of_scope(&SHARED),
                &format!(
                    "internal operation {{number={number}}}\n  internal inner {{number={number}}}"
                )
            );
        });
    }

    #[test]
    fn tests_in_parallel_have_the_same_scope_each_for_itself() {
        std::thread::scope(|threads| {
            for number in 0..8 {
                threads.spawn(move || test(number));
            }
        });
    }
}
