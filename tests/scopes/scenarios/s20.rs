//! S20: the application's tracer with its defaults, and the product's, at the same time on four workers.

use opentelemetry_sdk::trace::SpanData;
use tracing::{Instrument as _, info_span};
use tracing_relay::scope::outside;
use tracing_relay::{TraceScope, relay_traced, task, traced};

use crate::applications::{Application, Kind, Runtime};
use crate::support::{
    Installed, assert_apart, assert_child, assert_root, assert_whole, span_id, yield_now,
};

static RELAY: TraceScope = TraceScope::new("relay");

/// What runs of each at the same time.
const COUNT: usize = 200;

#[relay_traced(scope = RELAY, name = "relay.operation")]
async fn operation(application: Application) {
    // A library, with spans of its own and with the OpenTelemetry API.
    info_span!("relay.library").in_scope(step);
    application.api();
    yield_now()
        .instrument(info_span!("relay.library.async"))
        .await;

    // A callback of the user.
    let callback = application.clone();
    outside(async move {
        yield_now().await;
        callback.work();
        info_span!("user.callback").in_scope(|| {});
    })
    .await;

    let spawned = task::spawn(async {
        yield_now().await;
        info_span!("relay.spawned").in_scope(|| {});
    });
    let blocking = task::spawn_blocking(|| info_span!("relay.blocking").in_scope(step));
    spawned.await.expect("it does not panic");
    blocking.await.expect("it does not panic");
}

#[traced(name = "relay.step")]
fn step() {}

/// Work of the user around an operation.
async fn user_operation(application: Application) {
    let around = async {
        info_span!("user.before").in_scope(|| {});
        let inside = application.clone();
        application.unchanged(operation(inside)).await;
        info_span!("user.after").in_scope(|| {});
    };
    around.instrument(info_span!("user.operation")).await;
    application.unchanged(operation(application.clone())).await;
}

/// Work of the user that has nothing to do with any.
async fn other_work(application: Application) {
    for _ in 0..5 {
        application.work();
        yield_now().instrument(info_span!("user.waiting")).await;
    }
}

fn of<'a>(spans: &'a [SpanData], name: &str) -> Vec<&'a SpanData> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[test]
fn s20_isolation_both_ways_on_four_workers() {
    let application = Application::new(Kind::TracingOpentelemetry);
    let installed = Installed::new(&RELAY);
    let inside = application.clone();
    Runtime::Workers(4).run(&application, async move {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..COUNT {
            tasks.spawn(user_operation(inside.clone()));
            tasks.spawn(other_work(inside.clone()));
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("it does not panic");
        }
    });
    let (product, user) = (installed.uninstall(), application.spans());
    assert!(product.iter().all(|span| span.name.starts_with("relay.")));
    assert!(user.iter().all(|span| span.name.starts_with("user.")));
    assert_apart(&[&product, &user]);
    assert_whole(&product);
    assert_whole(&user);

    let operations = of(&product, "relay.operation");
    assert_eq!(operations.len(), 2 * COUNT);
    assert_eq!(product.len(), 7 * operations.len());
    for operation in operations {
        assert_root(operation);
    }
    let users = of(&user, "user.operation");
    assert_eq!(users.len(), COUNT);
    for name in ["user.before", "user.after"] {
        let spans = of(&user, name);
        assert_eq!(spans.len(), COUNT);
        for span in spans {
            let parent = users
                .iter()
                .find(|user| span_id(user) == span.parent_span_id);
            assert_child(span, parent.expect("it is as if the operation never ran"));
        }
    }
    let callbacks = of(&user, "user.callback");
    assert_eq!(callbacks.len(), 2 * COUNT);
    let below = callbacks.iter().filter(|span| {
        users
            .iter()
            .any(|user| span_id(user) == span.parent_span_id)
    });
    assert_eq!(below.count(), COUNT);
    let probes = of(&user, "user.probe");
    assert_eq!(probes.len(), 4 * COUNT);
    for root in of(&user, "user.root") {
        assert_root(root);
    }
}
