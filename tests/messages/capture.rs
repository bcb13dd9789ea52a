//! When a message takes the current context, and when it does not.

use serde::{Deserialize, Serialize};
use tracing_relay::{CarriesTraceMut, TraceCarrier, TraceContext, carries_trace, current_context};

use crate::support::{TRACEPARENT, in_span, remote};

#[carries_trace(new)]
#[derive(Clone, Debug, Default, PartialEq)]
struct Job {
    id: u64,
    name: String,
}

#[test]
fn the_constructor_captures() {
    let (job, context) = in_span(|context| (Job::new(7, "build".to_owned()), context));
    assert_eq!((job.id, job.name.as_str()), (7, "build"));
    assert_eq!(job.trace.context(), Some(&context));
    assert!(
        !job.trace.context().unwrap().is_remote(),
        "it was moved within the process"
    );
}

#[test]
fn a_constructor_with_another_name_and_visibility() {
    mod inner {
        #[tracing_relay::carries_trace(new = pub(super) from_id)]
        pub(super) struct Task {
            pub(super) id: u64,
        }
    }

    let (task, context) = in_span(|context| (inner::Task::from_id(3), context));
    assert_eq!(task.id, 3);
    assert_eq!(task.trace.context(), Some(&context));
}

#[test]
fn a_constructor_of_ones_own_captures_in_one_line() {
    #[carries_trace]
    struct Event {
        kind: &'static str,
    }

    impl Event {
        fn started() -> Self {
            Self {
                kind: "started",
                trace: TraceCarrier::capture(),
            }
        }
    }

    let (event, context) = in_span(|context| (Event::started(), context));
    assert_eq!(event.kind, "started");
    assert_eq!(event.trace.context(), Some(&context));
}

#[test]
fn the_rest_of_a_literal_captures() {
    let (job, context) = in_span(|context| {
        (
            Job {
                id: 1,
                ..Default::default()
            },
            context,
        )
    });
    assert_eq!(job.trace.context(), Some(&context));
}

/// S8: the sender's code only builds the message.
#[test]
fn a_message_built_in_an_annotated_function_belongs_to_its_span() {
    #[tracing_relay::traced]
    fn submit(id: u64) -> (Job, Option<TraceContext>) {
        (Job::new(id, String::new()), current_context())
    }

    let (outer, (job, inner)) = in_span(|context| (context, submit(1)));
    let captured = job.trace.context().expect("there is a span");
    assert_eq!(Some(captured), inner.as_ref());
    assert_eq!(captured.trace_id(), outer.trace_id());
    assert_ne!(captured.span_id(), outer.span_id());
    assert!(!captured.is_remote());

    let (job, context) = submit(2);
    assert_eq!(
        (job.trace.context(), context),
        (None, None),
        "nobody listens here"
    );
}

#[test]
fn nothing_is_captured_outside_a_span() {
    assert!(Job::new(1, String::new()).trace.is_none());
    assert!(Job::default().trace.is_none());
}

#[test]
fn bon_builders_capture_what_is_not_set() {
    #[carries_trace]
    #[derive(bon::Builder)]
    struct Job {
        id: u64,
    }

    let (job, context) = in_span(|context| (Job::builder().id(1).build(), context));
    assert_eq!(job.id, 1);
    assert_eq!(job.trace.context(), Some(&context));

    let carrier = TraceCarrier::from(remote(TRACEPARENT));
    let job = in_span(|_| Job::builder().id(1).trace(carrier).build());
    assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)));
}

#[test]
fn typed_builders_capture_what_is_not_set() {
    #[carries_trace(field = context)]
    #[derive(typed_builder::TypedBuilder)]
    struct Job {
        id: u64,
    }

    let (job, context) = in_span(|context| (Job::builder().id(1).build(), context));
    assert_eq!(job.id, 1);
    assert_eq!(job.context.context(), Some(&context));
}

#[test]
fn a_builder_of_a_template_does_not_capture() {
    #[carries_trace(default = none)]
    #[derive(Default, bon::Builder)]
    struct Job {
        id: u64,
    }

    let job = in_span(|_| Job::builder().id(1).build());
    assert_eq!(job.id, 1);
    assert!(job.trace.is_none());
}

#[test]
fn a_clone_keeps_its_trace_until_it_is_recaptured() {
    let (mut clone, first) = in_span(|context| (Job::new(1, String::new()).clone(), context));
    assert_eq!(clone.trace.context(), Some(&first));

    let second = in_span(|context| {
        clone.trace.recapture();
        context
    });
    assert_eq!(clone.trace.context(), Some(&second));
    assert_ne!(first, second);

    clone.trace.recapture();
    assert!(clone.trace.is_none(), "there is no trace here");
}

#[test]
fn a_carrier_that_is_taken_is_used_once_also_inside_a_span() {
    let renewal = remote(TRACEPARENT);
    let mut job = Job::new(1, String::new());
    job.inject(&renewal);
    let (first, second) = in_span(|_| (job.trace.take(), job.trace.take()));
    assert_eq!(first.context(), Some(&renewal));
    assert!(second.is_none(), "neither the renewal nor the current span");
}

#[test]
fn every_message_is_in_the_trace_of_the_one_that_built_the_template() {
    #[carries_trace(default = none)]
    #[derive(Clone, Default)]
    struct Quiet {
        id: u64,
    }

    // The symptom: the template captured when it was built.
    let (template, first) = in_span(|context| (Job::default(), context));
    let (job, second) = in_span(|context| (template.clone(), context));
    assert_eq!(job.trace.context(), Some(&first));
    assert_ne!(job.trace.context(), Some(&second));

    // The cure: a template without a context, and a capture for each message.
    let template = in_span(|_| Quiet::default());
    assert!(template.trace.is_none());
    let (job, context) = in_span(|context| {
        let mut job = Quiet {
            id: 2,
            ..template.clone()
        };
        job.trace.recapture();
        (job, context)
    });
    assert_eq!(job.id, 2);
    assert_eq!(job.trace.context(), Some(&context));
}

#[test]
fn a_template_is_generic_like_a_derived_default() {
    #[carries_trace(default = none)]
    #[derive(Default)]
    struct Template<'a, T, const N: usize>
    where
        [u8; N]: Default,
    {
        body: Option<&'a str>,
        values: Vec<T>,
        more: [u8; N],
    }

    let template = in_span(|_| Template::<'_, u8, 4>::default());
    assert_eq!(
        (template.body, template.values.len(), template.more),
        (None, 0, [0; 4])
    );
    assert!(template.trace.is_none());
}

/// S8: what a message carries is not replaced by code that only hands it on.
#[test]
fn a_carrier_that_was_set_is_never_overwritten() {
    #[carries_trace]
    #[derive(Clone, Serialize, Deserialize)]
    struct Submission {
        id: u64,
    }

    fn delegate(submission: &Submission) -> Submission {
        let text = serde_json::to_string(submission).unwrap();
        let moved: Submission = serde_json::from_str(&text).unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        sender
            .send(Submission {
                id: 2,
                ..moved.clone()
            })
            .unwrap();
        receiver.recv().unwrap()
    }

    let sent = Submission {
        id: 1,
        trace: remote(TRACEPARENT).into(),
    };
    assert_eq!(delegate(&sent).trace.context(), Some(&remote(TRACEPARENT)));
    let forwarded = in_span(|_| delegate(&sent));
    assert_eq!(
        forwarded.trace.context(),
        Some(&remote(TRACEPARENT)),
        "also inside a span"
    );

    // And an empty one stays empty.
    let untraced = Submission {
        id: 1,
        trace: TraceCarrier::none(),
    };
    assert!(in_span(|_| delegate(&untraced)).trace.is_none());
}

#[test]
fn injecting_replaces_what_was_there() {
    let mut job = Job {
        id: 1,
        name: String::new(),
        trace: TraceCarrier::none(),
    };
    job.inject(&remote(TRACEPARENT));
    assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)));
    job.inject(&remote(crate::support::OTHER));
    assert_eq!(job.trace.context(), Some(&remote(crate::support::OTHER)));
}
