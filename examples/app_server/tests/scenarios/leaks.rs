//! S16: nothing is left of ten thousand requests.

use std::sync::Arc;

use app_server::core::Live;
use app_server::model::MODELS;
use app_server::transport::Transport;
use axum::Router;
use axum::routing::get;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing_relay::testing::{Pipeline, Traces};

use super::support::{self, Connection, Obedient, Parts};

const CONNECTIONS: u32 = 100;
const REQUESTS: u32 = 100;

#[test]
fn s16_nothing_is_left_of_ten_thousand_requests() {
    for workers in [None, Some(2), Some(4)] {
        let mut pipeline = Pipeline::new();
        if let Some(workers) = workers {
            pipeline = pipeline.worker_threads(workers);
        }
        check(&pipeline.run(ten_thousand_requests));
    }
}

/// Half of the connections are cut while they wait for an answer and for a turn, with a talk besides;
/// the others get their answers late.
async fn ten_thousand_requests(traces: Traces) -> Traces {
    let listed = Arc::new(Semaphore::new(0));
    let gate = CancellationToken::new();
    let hesitates = get({
        let (listed, gate) = (Arc::clone(&listed), gate.clone());
        async move || {
            listed.add_permits(1);
            gate.cancelled().await;
            r#"{"data":[]}"#
        }
    });
    let models = support::model_client(Router::new().route(MODELS, hesitates)).await;
    let model = Obedient::new();
    let parts = Parts::with_responder(models, model.clone());

    let mut asking = JoinSet::new();
    for number in 1..=CONNECTIONS {
        let transport = [Transport::Stdio, Transport::WebSocket][number as usize % 2];
        let connection = parts.connect_over(number.into(), transport);
        asking.spawn(async move { (transport, ask(connection).await) });
    }
    let (mut patient, mut gone) = (Vec::new(), Vec::new());
    while let Some(asked) = asking.join_next().await {
        match asked.expect("no panic") {
            (Transport::Stdio, connection) => patient.push(connection),
            (Transport::WebSocket, connection) => gone.push(connection),
        }
    }
    for waiting in [&listed, &model.asked] {
        let all = waiting.acquire_many(CONNECTIONS).await;
        all.expect("it is open").forget();
    }
    let connections = CONNECTIONS as usize;
    let live = Live {
        connections,
        subscriptions: connections,
        turns: connections,
        talks: connections,
    };
    assert_eq!(parts.server.live(), (live, connections));

    for connection in gone {
        connection.cut().await;
    }
    gate.cancel();
    model.gate.cancel();
    for mut connection in patient {
        connection.response().await;
        connection.turn_completed().await;
        connection.close().await;
    }
    assert_eq!(parts.server.live(), (Live::default(), 0));
    traces
}

/// Sends all requests at once, and waits for the answers but the one that comes late.
async fn ask(mut connection: Connection) -> Connection {
    let thread = connection.start_thread().await;
    let mut requests = vec![
        json!({"id": 2, "method": "model/list"}),
        json!({"id": 3, "method": "turn/start", "params": {"threadId": thread, "input": "wait"}}),
        json!({"id": 4, "method": "thread/realtime/start", "params": {"threadId": thread}}),
    ];
    for number in 5..=REQUESTS {
        let params = json!({"threadId": thread});
        requests.push(json!({"id": number, "method": "thread/read", "params": params}));
    }
    for request in requests {
        connection.send(request.to_string().as_bytes()).await;
    }
    for _ in 3..=REQUESTS {
        connection.response().await;
    }
    connection
}

fn check(traces: &Traces) {
    assert_eq!(traces.open(), [""; 0]);
    let spans = traces.spans();
    let requests = spans
        .iter()
        .filter(|span| span.attribute("rpc.method").is_some());
    let ended = |outcome| {
        let requests = requests.clone();
        requests
            .filter(|span| span.outcome() == Some(outcome))
            .count()
    };
    let (all, cut) = ((CONNECTIONS * REQUESTS) as usize, CONNECTIONS as usize / 2);
    assert_eq!(requests.clone().count(), all);
    assert_eq!((ended("completed"), ended("cancelled")), (all - cut, cut));
    let mut turns = spans.iter().filter(|span| span.name() == "turn");
    assert_eq!(turns.clone().count(), CONNECTIONS as usize);
    assert!(turns.any(|span| span.outcome() == Some("cancelled")));
}
