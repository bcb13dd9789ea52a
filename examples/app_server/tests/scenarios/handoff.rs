//! The way of a submission from the handler through the queue to its dispatch.

use super::support::on_each_runtime;

on_each_runtime! {
    s8_a_submission_takes_the_context_of_the_request_along
    s8_a_submission_outside_a_span_carries_nothing
    s8_the_delegate_keeps_the_context_of_the_request
    s8_a_carrier_that_was_set_is_not_overwritten_by_the_delegate
    s9_the_carrier_wins_over_the_span_around_the_loop
    s9_a_submission_with_a_bad_carrier_is_dispatched_below_the_span_around_the_loop
    s9_a_submission_with_a_bad_carrier_and_no_span_around_is_a_root
}

mod scenario {
    use app_server::core::{self, Core, Op, Queued, Submission, Submitter};
    use app_server::model_client::ModelClient;
    use app_server::protocol::{Event, TurnStatus};
    use serde_json::json;
    use tokio::sync::mpsc;
    use tracing_relay::testing::Traces;
    use tracing_relay::{TraceCarrier, TraceContext, request_span};

    use crate::support::{self, Parts, count, model_client, tp};

    fn op() -> Op {
        Op::UserTurn {
            input: "hello".to_owned(),
        }
    }

    /// A submitter with a thread, and its events.
    fn connect(core: &Core) -> (Submitter, mpsc::Receiver<Event>, String) {
        let (submitter, events) = core.connect();
        let threads = submitter.threads();
        let thread = threads.start(submitter.peer(), "canned-1".to_owned());
        (submitter, events, thread.id)
    }

    pub(super) async fn s8_a_submission_takes_the_context_of_the_request_along(traces: Traces) {
        let (parts, mut queue) = Parts::with_queue();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let trace = json!({"traceparent": tp(77, 88), "tracestate": "vendor=value"});
        connection.start_turn(&thread, Some(trace)).await;
        let Queued { submission, .. } = queue.recv().await.expect("a submission");
        let request = traces.wait_for("turn/start").await;

        let carried = submission.trace.context().expect("a context");
        assert_eq!(carried, request.context());
        assert_eq!(carried.flags(), request.context().flags());
        let tracestate = carried.tracestate().map(ToString::to_string);
        assert_eq!(tracestate.as_deref(), Some("vendor=value"));
        let written = serde_json::to_value(&submission).expect("JSON");
        let traceparent = carried.traceparent();
        assert_eq!(written["trace"]["traceparent"], traceparent.as_str());
        connection.close().await;
    }

    pub(super) async fn s8_a_submission_outside_a_span_carries_nothing(traces: Traces) {
        let (core, mut queue) = Core::new(1);
        let (submitter, _events, thread) = connect(&core);
        let submitted = submitter.submit(&thread, op()).await;
        submitted.expect("the queue is there");
        let Queued { submission, .. } = queue.recv().await.expect("a submission");
        assert!(submission.trace.is_none());
        let written = serde_json::to_value(&submission).expect("JSON");
        assert_eq!(written.get("trace"), None, "{written}");

        // What an older version wrote.
        let read: Submission = serde_json::from_value(written).expect("a submission");
        assert_eq!(read, submission);
        assert!(read.trace.is_none());
        assert_eq!(traces.exported(), [""; 0]);
    }

    pub(super) async fn s8_the_delegate_keeps_the_context_of_the_request(traces: Traces) {
        let (parts, mut queue) = Parts::with_queue();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let params = json!({"threadId": thread});
        let request = json!({
            "id": 2,
            "method": "review/start",
            "params": params,
            "trace": {"traceparent": tp(77, 88)},
        });
        connection.ask(&request).await;
        let Queued { submission, .. } = queue.recv().await.expect("a submission");
        assert_eq!(submission.op, Op::Review { instructions: None });
        let request = traces.wait_for("review/start").await;
        assert_eq!(submission.trace.context(), Some(request.context()));
        connection.close().await;
    }

    pub(super) async fn s8_a_carrier_that_was_set_is_not_overwritten_by_the_delegate(_: Traces) {
        let (core, mut queue) = Core::new(4);
        let (submitter, _events, thread) = connect(&core);
        let op = Op::Review { instructions: None };
        let set = Submission {
            trace: support::context(55, 66).into(),
            ..Submission::new("set".to_owned(), thread, op)
        };
        let empty = Submission {
            trace: TraceCarrier::none(),
            ..set.clone()
        };
        // The delegate was started outside every trace; whoever submits is in one.
        submit_inside(support::context(33, 44).into(), &submitter, [set, empty]).await;
        let first_out = queue.recv().await.expect("the first").submission;
        assert_eq!(first_out.trace.context(), Some(&support::context(55, 66)));
        let second_out = queue.recv().await.expect("the second").submission;
        assert_eq!(second_out.trace.context(), None);
    }

    #[request_span]
    async fn submit_inside(
        around: TraceCarrier,
        submitter: &Submitter,
        submissions: [Submission; 2],
    ) {
        let _ = around;
        for submission in submissions {
            let submitted = submitter.forward(submission).await;
            submitted.expect("the queue is there");
        }
    }

    /// The loop in a span of the trace that the carrier names.
    #[request_span(name = "loop")]
    async fn run_inside(around: TraceCarrier, queue: mpsc::Receiver<Queued>, model: ModelClient) {
        let _ = around;
        core::run(queue, model).await;
    }

    /// Puts one submission through a loop in this surrounding.
    async fn dispatch(submission: Submission, around: Option<TraceContext>) {
        let model = model_client(app_server::model::router()).await;
        let (core, queue) = Core::new(1);
        let (submitter, mut events, thread) = connect(&core);
        drop(core);
        let running = match around {
            Some(around) => tokio::spawn(run_inside(around.into(), queue, model)),
            None => tokio::spawn(core::run(queue, model)),
        };
        assert_eq!(thread, submission.thread_id);
        let submitted = submitter.forward(submission).await;
        let status = submitted.expect("the loop runs").done().await;
        assert_eq!(status, Some(TurnStatus::Completed), "the op runs");
        drop(submitter);
        let mut last = None;
        while let Some(event) = events.recv().await {
            last = Some(event);
        }
        let Some(Event::TurnCompleted { turn_id, .. }) = last else {
            panic!("another event: {last:?}");
        };
        assert_eq!(turn_id, "sub-1");
        running.await.expect("the loop ends");
    }

    fn submission(trace: &serde_json::Value) -> Submission {
        let op = serde_json::to_value(op()).expect("JSON");
        serde_json::from_value(
            json!({"id": "sub-1", "thread_id": "thread-1", "op": op, "trace": trace}),
        )
        .expect("a submission, whatever its trace is")
    }

    pub(super) async fn s9_the_carrier_wins_over_the_span_around_the_loop(traces: Traces) {
        let submission = submission(&json!({"traceparent": tp(55, 66)}));
        dispatch(submission, Some(support::context(33, 44))).await;
        let around = traces.span("loop");
        assert_eq!(around.trace_id(), support::context(33, 44).trace_id());
        let carried = support::context(55, 66);
        let dispatch = traces.span("op.dispatch.user_turn");
        assert_eq!(dispatch.trace_id(), carried.trace_id());
        assert_eq!(dispatch.parent(), Some(carried.span_id()));
        let turn = traces.span("turn");
        assert_eq!(turn.trace_id(), carried.trace_id());
    }

    pub(super) async fn s9_a_submission_with_a_bad_carrier_is_dispatched_below_the_span_around_the_loop(
        traces: Traces,
    ) {
        let submission = submission(&json!({"traceparent": "bad"}));
        dispatch(submission, Some(support::context(33, 44))).await;
        let around = traces.span("loop");
        let dispatch = traces.span("op.dispatch.user_turn");
        assert_eq!(dispatch.trace_id(), around.trace_id());
        assert_eq!(dispatch.parent(), Some(around.span_id()));
        check_warning(&traces);
    }

    pub(super) async fn s9_a_submission_with_a_bad_carrier_and_no_span_around_is_a_root(
        traces: Traces,
    ) {
        dispatch(submission(&json!({"traceparent": "bad"})), None).await;
        assert_eq!(traces.span("op.dispatch.user_turn").parent(), None);
        check_warning(&traces);
    }

    #[track_caller]
    fn check_warning(traces: &Traces) {
        let logs = traces.logs();
        assert_eq!(count(&logs, "WARN"), 1, "{logs}");
        assert_eq!(
            count(&logs, "submission.id=sub-1 codex.op=user_turn"),
            1,
            "{logs}"
        );
    }
}
