//! `cargo bench -p tracing-relay-peers --features http` compares what a traced request costs with what it costs behind the layers
//! of the peers.

mod relay;
mod routers;

use std::process::ExitCode;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tower_service::Service as _;
use tracing_relay_peers::polled::block_on;
use tracing_relay_peers::suite::{
    self, Bound, Case, Cost, Expected, Of, Parent, Pipeline, Sampled, Suite, TracingOpenTelemetry,
    TracingRelay, on_this_thread,
};

/// What users pick today.
const REFERENCE: &str = "axum-tracing-opentelemetry";

const UNTRACED: &str = "untraced";
const FASTRACE: &str = "fastrace-axum";

/// `#[request_span]` on our engine.
const OURS: &str = "tracing-relay";

/// The only case.
const REQUEST: &str = "a request to axum";

/// What we want to reach.
const BOUNDS: [Bound; 3] = [
    Bound {
        says: "a request to axum, to one untraced",
        at_most: 1.7,
        of: Of::Times((REQUEST, OURS), (REQUEST, UNTRACED)),
    },
    Bound {
        says: "the same, to fastrace-axum",
        at_most: 0.7,
        of: Of::Times((REQUEST, OURS), (REQUEST, FASTRACE)),
    },
    Bound {
        says: "what a request adds, to what it adds with axum-tracing-opentelemetry",
        at_most: 0.25,
        of: Of::Added((REQUEST, OURS), (REQUEST, REFERENCE), (REQUEST, UNTRACED)),
    },
];

/// An application, and where its spans go.
struct Peer {
    name: &'static str,
    set_up: fn() -> Pipeline,
    router: fn() -> Router,
}

const PEERS: [Peer; 8] = [
    Peer {
        name: UNTRACED,
        set_up: Pipeline::none,
        router: routers::untraced,
    },
    Peer {
        name: REFERENCE,
        set_up: || TracingOpenTelemetry::DEFAULTS.install(),
        router: routers::axum_tracing_opentelemetry,
    },
    Peer {
        name: "tower-otel",
        set_up: || TracingOpenTelemetry::DEFAULTS.install(),
        router: routers::tower_otel,
    },
    Peer {
        name: "opentelemetry-instrumentation-tower",
        set_up: || suite::opentelemetry(Sampled::Yes),
        router: routers::opentelemetry_instrumentation_tower,
    },
    Peer {
        name: FASTRACE,
        set_up: suite::fastrace,
        router: routers::fastrace_axum,
    },
    Peer {
        name: OURS,
        set_up: || TracingRelay::PLAIN.install(),
        router: relay::router,
    },
    Peer {
        name: "tracing-relay, activated",
        set_up: || TracingRelay::DEFAULTS.install(),
        router: relay::router,
    },
    Peer {
        name: "`#[request_span]` on tracing-opentelemetry",
        set_up: || TracingOpenTelemetry::DEFAULTS.install(),
        router: relay::router,
    },
];

const EXPORTS: [Expected; 1] = [Expected {
    name: "GET /items/{id}",
    parent: Parent::Remote("00f067aa0ba902b7"),
    attributes: &[
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("http.route", "/items/{id}"),
        ("url.path", "/items/7"),
    ],
    times: 1,
}];

/// A request from a program that traces.
fn request() -> Request<Body> {
    Request::get("/items/7")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .body(Body::empty())
        .expect("a request")
}

fn requests(mut router: Router, calls: u64) -> Cost {
    on_this_thread(calls, |_| {
        let Ok(response) = block_on(router.call(request()));
        assert_eq!(response.status(), 200);
    })
}

fn main() -> ExitCode {
    let cases = PEERS.map(|peer| Case {
        table: "HTTP",
        name: REQUEST,
        variant: peer.name,
        set_up: Box::new(peer.set_up),
        work: Box::new(move |_, calls| requests((peer.router)(), calls)),
        around: &[],
        exports: if peer.name == UNTRACED { &[] } else { &EXPORTS },
        instructions: true,
    });
    let suite = Suite {
        cases: cases.into(),
        waiting: Vec::new(),
        bounds: BOUNDS.to_vec(),
        reference: REFERENCE,
    };
    suite.run()
}
