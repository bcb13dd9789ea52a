//! S3: the carrier, else the environment, else none. In processes of their own, because a process
//! reads its environment once. And S4: what is no carrier does not change that.

use app_server::collector::SpanRecord;
use app_server::model;
use app_server::transport::Transport;
use serde_json::{Value, json};

use crate::support::{Ended, Server, completed, is_request, over_each_transport, start_turn, tp};

/// What a server left that was started with this `TRACEPARENT`, and was asked for a thread and a turn
/// with this carrier.
async fn serve(transport: Transport, environment: Option<&str>, carrier: Option<Value>) -> Ended {
    let mut server = Server::start(transport, environment, model::router()).await;
    let mut client = server.connect().await;
    let [_, turn] = start_turn(&mut client, carrier).await;
    completed(&mut client, &turn).await;
    server.stop(client).await
}

/// The spans but for those that belong to no request and are linked to one.
fn attached(spans: &[SpanRecord]) -> impl Iterator<Item = &SpanRecord> {
    spans.iter().filter(|span| span.links.is_empty())
}

/// All spans are in the trace of this context, and the requests below it.
fn check_below(spans: &[SpanRecord], traceparent: &str) {
    let [trace_id, span_id] = [&traceparent[3..35], &traceparent[36..52]];
    for span in attached(spans) {
        assert_eq!(span.trace_id, trace_id, "{span:?}");
    }
    let requests: Vec<_> = spans.iter().filter(|span| is_request(span)).collect();
    assert_eq!(requests.len(), 2, "{spans:?}");
    for request in requests {
        assert_eq!(request.parent_id.as_deref(), Some(span_id));
    }
    assert!(spans.iter().any(|span| span.name == "turn"), "{spans:?}");
}

/// Each request has a trace of its own, and that of the turn goes on.
fn check_roots(spans: &[SpanRecord]) {
    let requests: Vec<_> = spans.iter().filter(|span| is_request(span)).collect();
    let [thread, turn] = requests[..] else {
        panic!("{spans:?}");
    };
    assert_ne!(thread.trace_id, turn.trace_id);
    for request in [thread, turn] {
        assert_eq!(request.parent_id, None);
        assert_ne!(request.trace_id, tp(33, 44)[3..35]);
    }
    for span in attached(spans).filter(|span| !is_request(span)) {
        assert_eq!(span.trace_id, turn.trace_id, "{span:?}");
    }
    assert!(spans.iter().any(|span| span.name == "turn"), "{spans:?}");
}

mod test {
    use super::*;

    pub(super) async fn s3a_without_a_carrier_the_environment_is_the_parent(transport: Transport) {
        let Ended { spans, errors } = serve(transport, Some(&tp(33, 44)), None).await;
        check_below(&spans, &tp(33, 44));
        assert_eq!(errors, "");
    }

    pub(super) async fn s3b_a_carrier_wins_over_the_environment_for_all_that_follows(
        transport: Transport,
    ) {
        let carrier = json!({"traceparent": tp(11, 22)});
        let Ended { spans, errors } = serve(transport, Some(&tp(33, 44)), Some(carrier)).await;
        check_below(&spans, &tp(11, 22));
        assert_eq!(errors, "");
    }

    pub(super) async fn s3c_an_invalid_environment_is_reported_once_for_the_process(
        transport: Transport,
    ) {
        let Ended { spans, errors } = serve(transport, Some("00-33-44-01"), None).await;
        check_roots(&spans);
        assert_eq!(errors.matches("WARN").count(), 1, "{errors}");
        assert!(errors.contains("environment"), "{errors}");
    }

    pub(super) async fn s3d_without_carrier_and_environment_a_request_is_a_root(
        transport: Transport,
    ) {
        let Ended { spans, errors } = serve(transport, None, None).await;
        check_roots(&spans);
        assert_eq!(errors, "");
    }

    pub(super) async fn s4_a_bad_carrier_is_not_made_up_for_by_the_environment(
        transport: Transport,
    ) {
        let carrier = json!({"traceparent": "bad"});
        let Ended { spans, errors } = serve(transport, Some(&tp(33, 44)), Some(carrier)).await;
        check_roots(&spans);
        let warnings: Vec<_> = errors
            .lines()
            .filter(|line| line.contains("WARN"))
            .collect();
        // One for each name of a span.
        assert!((1..=2).contains(&warnings.len()), "{errors}");
        assert!(warnings[0].contains("thread/start"), "{errors}");
        assert!(warnings[0].contains("rpc.request_id=1"), "{errors}");
    }
}

over_each_transport! {
    s3a_without_a_carrier_the_environment_is_the_parent
    s3b_a_carrier_wins_over_the_environment_for_all_that_follows
    s3c_an_invalid_environment_is_reported_once_for_the_process
    s3d_without_carrier_and_environment_a_request_is_a_root
    s4_a_bad_carrier_is_not_made_up_for_by_the_environment
}
