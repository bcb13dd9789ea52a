//! S12: the four ends of a turn.

use super::support::on_each_runtime;

on_each_runtime! {
    s12_a_turn_completes
    s12_a_turn_is_interrupted
    s12_a_turn_fails
    s12_a_turn_panics
    s12_a_turn_that_was_interrupted_in_the_queue_does_not_start
}

mod scenario {
    use std::time::Duration;

    use app_server::core;
    use app_server::protocol::{Event, TurnStatus};
    use serde_json::json;
    use tokio::time::timeout;
    use tracing_relay::assert_trace;
    use tracing_relay::testing::Traces;

    use crate::support::{Obedient, Parts};

    /// What a turn may take to end, once it has to.
    const SOON: Duration = Duration::from_secs(1);

    /// Has the model do something, and returns how the turn ended, of which is heard once.
    async fn turn(traces: &Traces, what: &str, interrupt: bool) -> (TurnStatus, String) {
        let (parts, model) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let params = json!({"threadId": thread, "input": what});
        connection.call("turn/start", params).await;
        if interrupt {
            model.waits().await;
            let params = json!({"threadId": thread, "turnId": "turn-1"});
            let interrupted = timeout(SOON, connection.call("turn/interrupt", params)).await;
            interrupted.expect("an answer, soon");
            // The answer comes when the turn has ended.
            assert!(traces.exported().iter().any(|name| name == "turn"));
        }
        let ended = timeout(SOON, connection.turn_completed()).await;
        let rest = timeout(SOON, connection.close()).await.expect("soon");
        let again = |event: &Event| matches!(event, Event::TurnCompleted { .. });
        assert!(!rest.iter().any(again), "{rest:?}");
        assert_eq!(traces.open(), [""; 0]);
        ended.expect("an end, soon")
    }

    pub(super) async fn s12_a_turn_completes(traces: Traces) {
        let ended = turn(&traces, "hello", false).await;
        assert_eq!(ended, (TurnStatus::Completed, "hello".to_owned()));
        assert_trace!(
            traces,
            "
            server turn/start => completed
              consumer op.dispatch.user_turn => completed
                internal turn => completed
                  internal run_turn => completed

            internal name_thread ~> turn/start => completed
            "
        );
    }

    pub(super) async fn s12_a_turn_is_interrupted(traces: Traces) {
        let (status, _) = turn(&traces, "wait", true).await;
        assert_eq!(status, TurnStatus::Interrupted);
        assert_trace!(
            traces,
            r#"
            unordered
            server turn/start => completed
              consumer op.dispatch.user_turn => completed
                internal turn => cancelled
                  internal run_turn => cancelled

            internal name_thread ~> turn/start => completed

            server turn/interrupt {turn.id="turn-1"} => completed
            "#
        );
    }

    pub(super) async fn s12_a_turn_fails(traces: Traces) {
        let (status, _) = turn(&traces, "fail", false).await;
        assert_eq!(status, TurnStatus::Failed);
        assert_trace!(
            traces,
            "
            server turn/start => completed
              consumer op.dispatch.user_turn => completed
                internal turn error _ => failed
                  internal run_turn error _ => failed

            internal name_thread ~> turn/start => completed
            "
        );
    }

    pub(super) async fn s12_a_turn_panics(traces: Traces) {
        let ended = turn(&traces, "panic", false).await;
        assert_eq!(ended, (TurnStatus::Failed, "the turn panicked".to_owned()));
        assert_trace!(
            traces,
            "
            server turn/start => completed
              consumer op.dispatch.user_turn => completed
                internal turn error _ => panicked
                  internal run_turn error _ => panicked

            internal name_thread ~> turn/start => completed
            "
        );
    }

    pub(super) async fn s12_a_turn_that_was_interrupted_in_the_queue_does_not_start(
        traces: Traces,
    ) {
        let (parts, queue) = Parts::with_queue();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        connection.start_turn(&thread, None).await;
        let params = json!({"threadId": thread, "turnId": "turn-1"});
        let request = json!({"id": 3, "method": "turn/interrupt", "params": params});
        connection.send(request.to_string().as_bytes()).await;
        // Handled as soon as the next one is answered.
        connection.call("config/read", json!({})).await;
        tokio::spawn(core::run(queue, Obedient::new()));
        connection.response().await;
        let (status, _) = connection.turn_completed().await;
        assert_eq!(status, TurnStatus::Interrupted);
        connection.close().await;
        assert!(!traces.exported().iter().any(|name| name == "turn"));
        let span = traces.span("op.dispatch.user_turn");
        assert_eq!(span.outcome(), Some("completed"));
    }
}
