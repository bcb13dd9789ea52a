//! S14: what a request starts and does not wait for.

use super::support::on_each_runtime;

on_each_runtime! {
    s14_a_thread_is_named_in_a_trace_of_its_own_that_is_linked_to_the_request
}

mod scenario {
    use app_server::protocol::Event;
    use serde_json::json;
    use tracing_relay::assert_trace;
    use tracing_relay::testing::Traces;

    use crate::support::{Parts, result};

    pub(super) async fn s14_a_thread_is_named_in_a_trace_of_its_own_that_is_linked_to_the_request(
        traces: Traces,
    ) {
        let (parts, model) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let params = json!({"threadId": thread, "input": "wait"});
        connection.call("turn/start", params.clone()).await;
        model.waits().await;
        traces.wait_for("turn/start").await;
        assert!(traces.open().contains(&"name_thread".to_owned()));

        model.gate.cancel();
        let events = connection.close().await;
        let named = Event::ThreadNameUpdated {
            thread_id: thread.clone(),
            name: "wait".to_owned(),
        };
        assert_eq!(events.last(), Some(&named));
        assert_trace!(
            traces,
            r#"
            server turn/start => completed
              consumer op.dispatch.user_turn => completed
                internal turn => completed
                  internal run_turn => completed

            internal name_thread {thread.id="thread-1", turn.id="turn-1"} ~> turn/start => completed
            "#
        );

        // A thread with a name keeps it.
        let mut connection = parts.connect(2);
        connection.call("turn/start", params).await;
        connection.turn_completed().await;
        let read = connection
            .call("thread/read", json!({"threadId": thread}))
            .await;
        assert_eq!(result(&read)["thread"]["name"], "wait");
        connection.close().await;
        let named = traces.wait_for_count("name_thread", 1).await;
        assert_eq!(named.len(), 1, "once");
    }
}
