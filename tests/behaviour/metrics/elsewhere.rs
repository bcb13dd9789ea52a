//! Where a call is measured: in scopes, on other threads, and where nothing is current.

use tracing::instrument::WithSubscriber as _;
use tracing_relay::testing::{Pipeline, Traces};
use tracing_relay::{TraceScope, relay_traced, traced};

static RELAY: TraceScope = TraceScope::new("measured_relay");

#[relay_traced(
    scope = RELAY,
    conventions = "jsonrpc",
    kind = "client",
    carrier = none,
    fields(rpc.method = "link"),
)]
async fn link() {
    nested().await;
}

#[traced(conventions = "jsonrpc", kind = "client", carrier = none, fields(rpc.method = "nested"))]
async fn nested() {
    tokio::task::yield_now().await;
}

#[test]
fn an_operation_of_a_scope_is_measured_for_the_application() {
    let wanted = "histogram rpc.client.call.duration {rpc.method=\"link\", rpc.system.name=\"jsonrpc\"}: 1 value\n\
                  histogram rpc.client.call.duration {rpc.method=\"nested\", rpc.system.name=\"jsonrpc\"}: 1 value\n";
    Pipeline::new().scope(&RELAY).run(async |traces| {
        link().await;
        assert_eq!(traces.of_scope(&RELAY).exported(), ["nested", "link"]);
        assert_eq!(traces.exported(), <[&str; 0]>::default());
        assert_eq!(traces.metrics().to_string(), wanted);
    });
    // Where nobody has installed it, too.
    Pipeline::new().run(async |traces| {
        link().await;
        assert_eq!(traces.exported(), ["nested", "link"]);
        assert_eq!(traces.metrics().to_string(), wanted);
    });
}

#[test]
fn a_call_belongs_to_the_metrics_of_where_it_began() {
    let there: Traces = Pipeline::new().build();
    Pipeline::new().run(async |here| {
        let mut call = Box::pin(nested());
        assert_eq!(futures_util::poll!(&mut call), std::task::Poll::Pending);
        let _attached = there.attach();
        call.with_current_subscriber().await;
        assert_eq!(here.metrics().of("rpc.client.call.duration").count(), 1);
        assert_eq!(there.metrics().names(), <[&str; 0]>::default());
    });
}

#[test]
fn many_threads_count_every_call() {
    Pipeline::new().worker_threads(4).run(async |traces| {
        let tasks: Vec<_> = (0..200).map(|_| tokio::spawn(nested())).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(traces.metrics().of("rpc.client.call.duration").count(), 200);
    });
}
