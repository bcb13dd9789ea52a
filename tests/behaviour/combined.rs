//! A session and a metric change nothing of a call but what they are for: the same function with all combinations of the
//! options, told apart by nothing but the session's attributes and the values of the metric.

use std::fmt::Write as _;
use std::pin::pin;

use futures_util::{Stream, StreamExt as _, stream};
use opentelemetry::trace::TraceContextExt as _;
use tracing_relay::task::TaskContext;
use tracing_relay::testing::{LevelFilter, Pipeline, PipelineEngine, Span, Traces};
use tracing_relay::{
    SessionTelemetry, TraceCarrier, TraceContext, TraceScope, current_baggage, current_context,
    otel, relay_traced, set_current_baggage, task, traced,
};
use tracing_subscriber::layer::SubscriberExt as _;

fn session() -> SessionTelemetry {
    SessionTelemetry::new().with("session.id", 7)
}

const RECEIVED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

static RELAY: TraceScope = TraceScope::new("combined");

/// A value of the application in OpenTelemetry's context.
#[derive(Debug)]
struct Marker;

#[traced]
fn child() {}

/// All that code in a call can see and say; what it has seen.
fn observe() -> String {
    tracing::info!(step = 1, "seen");
    otel::set_attribute("said", 1);
    let _ = task::spawn_thread(|| {
        otel::set_attribute("said.elsewhere", 1);
        child();
    })
    .join();
    child();
    tracing::info_span!("others").in_scope(child);
    let carrier = TraceCarrier::capture();
    let context = opentelemetry::Context::current();
    context
        .span()
        .set_attribute(opentelemetry::KeyValue::new("said.by_api", 1));
    let baggage = current_baggage().with("user", "a").unwrap();
    format!(
        "marker {}, remote {}, captured {}, set {}, baggage {}\n",
        context.get::<Marker>().is_some(),
        context.span().span_context().is_remote(),
        carrier.context().is_some(),
        set_current_baggage(baggage),
        current_baggage().get("user").is_some(),
    )
}

macro_rules! calls {
    ($attribute:ident $($module:ident: [$($option:tt)*])*) => {
        $(mod $module {
            use super::*;

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "m", text = "t"),
                late(status: str = "rpc.status_code"), on_ok(|seen| seen.length = seen.len()), $($option)*
            )]
            fn sync() -> String {
                status.record("1");
                observe()
            }

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "m", text = "t"),
                late(status: str = "rpc.status_code"), on_ok(|seen| seen.length = seen.len()), $($option)*
            )]
            async fn asynchronous() -> String {
                status.record("1");
                let seen = observe();
                tokio::task::yield_now().await;
                seen + &observe()
            }

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "m", text = "t"),
                late(status: str = "rpc.status_code"), on_ok(|seen| seen.length = seen.len()), $($option)*
            )]
            fn returned() -> impl Future<Output = String> {
                async move {
                    status.record("1");
                    let seen = observe();
                    tokio::task::yield_now().await;
                    seen + &observe()
                }
            }

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "m", text = "t"),
                on_ok(|seen| rpc.status_code = seen.len()), $($option)*
            )]
            fn prepared() -> impl Future<Output = String> {
                let prepared = String::new();
                async move { prepared + &observe() }
            }

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "m", text = "t"),
                late(status: str = "rpc.status_code"), $($option)*
            )]
            fn streamed() -> impl Stream<Item = String> {
                status.record("1");
                stream::iter(0..2).then(async |_| observe())
            }

            #[$attribute(
                name = "call", conventions = "jsonrpc", kind = "server", carrier = carrier, fields(rpc.method = "m", text = "t"),
                late(status: str = "rpc.status_code"), $($option)*
            )]
            async fn handle(carrier: &TraceCarrier) -> Result<String, i64> {
                status.record("1");
                Ok(observe())
            }

            pub(super) async fn all(received: TraceCarrier) -> String {
                let mut seen = sync();
                seen += &asynchronous().await;
                seen += &returned().await;
                seen += &prepared().await;
                let mut items = pin!(streamed());
                while let Some(item) = items.next().await {
                    seen += &item;
                }
                seen += &handle(&TraceCarrier::none()).await.unwrap();
                seen += &handle(&received).await.unwrap();
                drop(asynchronous());
                drop(returned());
                seen
            }
        })*
    };
}

calls! { traced
    plain: [metrics = false]
    measured: []
    in_session: [metrics = false, session = session()]
    both: [session = session()]
    hidden_plain: [metrics = false, level = "trace"]
    hidden_measured: [level = "trace"]
    hidden_in_session: [metrics = false, session = session(), level = "trace"]
    hidden_both: [session = session(), level = "trace"]
    unsampled_plain: [metrics = false, sample = 0.0]
    unsampled_measured: [sample = 0.0]
    unsampled_in_session: [metrics = false, session = session(), sample = 0.0]
    unsampled_both: [session = session(), sample = 0.0]
}

calls! { relay_traced
    scoped_plain: [scope = RELAY, metrics = false]
    scoped_measured: [scope = RELAY]
    scoped_in_session: [scope = RELAY, metrics = false, session = session()]
    scoped_both: [scope = RELAY, session = session()]
    scoped_hidden_plain: [scope = RELAY, metrics = false, level = "trace"]
    scoped_hidden_measured: [scope = RELAY, level = "trace"]
    scoped_hidden_in_session: [scope = RELAY, metrics = false, session = session(), level = "trace"]
    scoped_hidden_both: [scope = RELAY, session = session(), level = "trace"]
    scoped_unsampled_plain: [scope = RELAY, metrics = false, sample = 0.0]
    scoped_unsampled_measured: [scope = RELAY, sample = 0.0]
    scoped_unsampled_in_session: [scope = RELAY, metrics = false, session = session(), sample = 0.0]
    scoped_unsampled_both: [scope = RELAY, session = session(), sample = 0.0]
}

/// Where the calls are made.
#[derive(Clone, Copy, Debug)]
enum Around {
    Nothing,
    OneOfOurs,
    OneOfOthers,
    OneOfTheApi,
    /// A value of the application in OpenTelemetry's context, and no span.
    AMarker,
    /// Work that was detached from one of ours.
    ADetachedTask,
    /// Another session.
    ASession,
}

const AROUND: [Around; 7] = [
    Around::Nothing,
    Around::OneOfOurs,
    Around::OneOfOthers,
    Around::OneOfTheApi,
    Around::AMarker,
    Around::ADetachedTask,
    Around::ASession,
];

#[traced]
async fn ours<T>(inside: impl Future<Output = T>) -> T {
    let seen = inside.await;
    assert!(current_context().is_some());
    seen
}

impl Around {
    async fn run(self, inside: impl Future<Output = String>) -> String {
        use opentelemetry::trace::{FutureExt as _, SpanContext};
        use tracing::Instrument as _;
        let marked = opentelemetry::Context::current().with_value(Marker);
        match self {
            Self::Nothing => inside.await,
            Self::OneOfOurs => ours(inside).await,
            Self::OneOfOthers => inside.instrument(tracing::info_span!("theirs")).await,
            Self::OneOfTheApi => {
                let remote = SpanContext::new(
                    1_u128.into(),
                    2_u64.into(),
                    opentelemetry::TraceFlags::SAMPLED,
                    true,
                    opentelemetry::trace::TraceState::default(),
                );
                let inside = inside.with_context(marked.with_remote_span_context(remote));
                inside.await
            }
            Self::AMarker => inside.with_context(marked).await,
            Self::ADetachedTask => {
                let context = ours(async { TaskContext::detached() }).await;
                context.instrument(inside).await
            }
            Self::ASession => {
                let around = SessionTelemetry::new().with("around", true);
                SessionTelemetry::instrument(&around, inside).await
            }
        }
    }
}

fn pipelines() -> impl Iterator<Item = Pipeline> {
    let engines = [PipelineEngine::Own, PipelineEngine::TracingOpentelemetry];
    engines.into_iter().flat_map(|engine| {
        [true, false].map(|activate| {
            let pipeline = Pipeline::new().engine(engine).level(LevelFilter::INFO);
            pipeline.context_activation(activate).scope(&RELAY)
        })
    })
}

/// The keys of where code is and of how long it took.
const OF_THE_PLACE: [&str; 7] = [
    "code.", "thread.", "target", "busy_ns", "idle_ns", "trace_id", "span_id",
];

/// All spans in the order of their ends, without what belongs to the session.
fn shown(traces: &Traces) -> String {
    let spans = traces.spans();
    let mut shown = String::new();
    for span in &spans {
        let parent = spans
            .iter()
            .find(|other| Some(other.span_id()) == span.parent());
        let own = |attributes: &[(String, tracing_relay::testing::Value)]| {
            let own = attributes
                .iter()
                .filter(|(key, _)| !OF_THE_PLACE.iter().any(|place| key.starts_with(place)));
            let own = own.filter(|(key, _)| key != "session.id");
            let shown: Vec<_> = own.map(|(key, value)| format!("{key}={value}")).collect();
            shown.join(" ")
        };
        let _ = writeln!(
            shown,
            "{} below {:?} ({} {}), {} links: {}",
            span.name(),
            parent.map(Span::name),
            span.parent().is_some(),
            span.parent_is_remote(),
            span.links().len(),
            own(span.attributes())
        );
        for event in span.events() {
            let _ = writeln!(shown, "  {}: {}", event.name(), own(event.attributes()));
        }
    }
    shown
}

/// What a call and its trace are like.
fn outcome<F: Future<Output = String>>(
    pipeline: &Pipeline,
    around: Around,
    calls: impl FnOnce(TraceCarrier) -> F,
) -> (String, String, u64) {
    pipeline.clone().run(async |traces| {
        let received: TraceContext = RECEIVED.parse().unwrap();
        let seen = around.run(calls(received.into())).await;
        let counted = ["rpc.client.call.duration", "rpc.server.call.duration"]
            .map(|name| {
                let metrics = traces.metrics();
                if metrics.names().contains(&name) {
                    metrics.of(name).count()
                } else {
                    0
                }
            })
            .iter()
            .sum();
        let exported = shown(&traces) + &shown(&traces.of_scope(&RELAY));
        (seen, exported, counted)
    })
}

/// The first lines that are not the same.
fn difference(got: &str, wanted: &str) -> Option<String> {
    if got == wanted {
        return None;
    }
    let mut lines = got.lines().zip(wanted.lines());
    let line = lines.find(|(got, wanted)| got != wanted);
    let (got, wanted) = line.unwrap_or((got, wanted));
    Some(format!("got    {got}\nwanted {wanted}\n"))
}

/// Keeps the most verbose level of the process where it is: below it a call is not even looked at, and tests beside this one
/// have levels of their own.
fn keep_the_level() -> tracing::Dispatch {
    tracing::Dispatch::new(tracing_subscriber::registry().with(LevelFilter::TRACE))
}

macro_rules! compare {
    ($plain:ident, $($other:ident $count:literal),*) => {
        let _kept = keep_the_level();
        let mut differences = String::new();
        for pipeline in pipelines() {
            for around in AROUND {
                let wanted = outcome(&pipeline, around, $plain::all);
                assert_eq!(wanted.2, 0);
                $(
                    let got = outcome(&pipeline, around, $other::all);
                    let what = concat!(stringify!($other), " in");
                    let seen = difference(&got.0, &wanted.0);
                    let exported = difference(&got.1, &wanted.1);
                    for difference in seen.iter().chain(&exported) {
                        let _ = writeln!(differences, "{what} {around:?} of {pipeline:?}:\n{difference}");
                    }
                    assert_eq!(got.2, $count, "{what} {around:?} of {pipeline:?}");
                )*
            }
        }
        assert!(differences.is_empty(), "{differences}");
    };
}

#[test]
fn a_session_and_a_metric_change_nothing_else_of_a_call() {
    compare!(plain, measured 7, in_session 0, both 7);
}

#[test]
fn a_session_and_a_metric_change_nothing_else_of_a_call_without_a_span() {
    compare!(hidden_plain, hidden_measured 7, hidden_in_session 0, hidden_both 7);
}

#[test]
fn a_session_and_a_metric_change_nothing_else_of_a_call_that_is_not_sampled() {
    compare!(unsampled_plain, unsampled_measured 7, unsampled_in_session 0, unsampled_both 7);
}

#[test]
fn a_session_and_a_metric_change_nothing_else_of_an_operation_of_a_scope() {
    compare!(scoped_plain, scoped_measured 7, scoped_in_session 0, scoped_both 7);
    compare!(scoped_hidden_plain, scoped_hidden_measured 7, scoped_hidden_in_session 0, scoped_hidden_both 7);
    compare!(scoped_unsampled_plain, scoped_unsampled_measured 7, scoped_unsampled_in_session 0, scoped_unsampled_both 7);
}
