//! What has the attributes of a session, and with which values.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tracing::info_span;
use tracing_relay::testing::{LevelFilter, Sampling, Value};
use tracing_relay::{SpanFields, assert_trace, task};

use super::*;

#[derive(SpanFields)]
struct Listening {
    #[field("stt.provider")]
    provider: &'static str,
    #[field("model")]
    model: Option<&'static str>,
}

#[test]
fn every_span_of_a_session_has_its_attributes_with_their_types() {
    for pipeline in pipelines() {
        let session = session(1)
            .with("channel_mode", "stereo")
            .with("onboarding", true)
            .with("speed", 1.5)
            .with_fields(&Listening {
                provider: "deepgram",
                model: None,
            });
        pipeline.run_sync(|traces| {
            step();
            session.run(step);
            let spans = traces.spans();
            let tags = [
                "session.id",
                "channel_mode",
                "onboarding",
                "speed",
                "stt.provider",
            ];
            let expected = [
                Value::from(1),
                "stereo".into(),
                true.into(),
                1.5.into(),
                "deepgram".into(),
            ];
            for (tag, expected) in tags.into_iter().zip(expected) {
                assert_eq!(spans[0].attribute(tag), None);
                assert_eq!(spans[1].attribute(tag), Some(&expected));
            }
            assert_eq!(spans[1].attribute("model"), None);
        });
    }
}

#[test]
fn a_key_that_the_span_declares_is_its_own() {
    #[traced(fields(session.id = 7, stt.provider = None::<u64>))]
    fn declares() {}

    #[traced(late(model: str = "model"))]
    fn learns(learned: Option<&str>) {
        if let Some(learned) = learned {
            model.record(learned);
        }
    }

    for pipeline in pipelines() {
        let session = session(1)
            .with("stt.provider", "deepgram")
            .with("model", "nova")
            .with("relay.outcome", "stolen");
        pipeline.run_sync(|traces| {
            session.run(|| {
                declares();
                learns(Some("whisper"));
                learns(None);
            });
            let spans = traces.spans();
            assert_eq!(id_of(&spans[0]), Some(7));
            assert_eq!(spans[0].attribute("stt.provider"), None);
            assert_eq!(spans[0].attribute("model"), Some(&"nova".into()));
            assert_eq!(spans[1].attribute("model"), Some(&"whisper".into()));
            assert_eq!(spans[2].attribute("model"), None);
            for span in &spans {
                let keys = span.attributes().iter().map(|(key, _)| key);
                let mut keys: Vec<_> = keys.collect();
                let all = keys.len();
                keys.sort();
                keys.dedup();
                assert_eq!(keys.len(), all, "each key once: {keys:?}");
                assert_eq!(span.outcome(), Some("completed"));
            }
        });
    }
}

#[test]
fn on_the_engine_the_spans_and_events_of_others_have_them_too() {
    own().run_sync(|traces| {
        session(1).run(|| {
            info_span!("theirs").in_scope(|| {
                tracing::info!("said");
                tracing::info!(session.id = 7, level = "high", "said itself");
                step();
            });
        });
        info_span!("outside").in_scope(|| tracing::info!("said outside"));
        assert_ids(
            &traces,
            &[("step", Some(1)), ("theirs", Some(1)), ("outside", None)],
        );
        let ids = |span: &Span| -> Vec<_> {
            let events = span.events().iter();
            let ids = events.map(|event| {
                let attributes = event.attributes().iter();
                let ids = attributes.filter(|(key, _)| key == "session.id");
                ids.map(|(_, id)| id.clone()).collect::<Vec<_>>()
            });
            ids.collect()
        };
        let expected = [vec![Value::from(1)], vec![Value::from(7)]];
        assert_eq!(ids(&traces.span("theirs")), expected);
        assert_eq!(ids(&traces.span("outside")), [vec![]]);
    });
}

#[test]
fn a_span_that_is_not_sampled_or_disabled_has_nothing_and_hides_nothing() {
    #[traced(level = "debug", session = session)]
    async fn quiet(session: &SessionTelemetry) {
        step_async().await;
    }

    for pipeline in pipelines() {
        pipeline.level(LevelFilter::INFO).run(async |traces| {
            quiet(&session(1)).await;
            step();
            assert_ids(
                &traces,
                &[("step", Some(1)), ("step_async", Some(1)), ("step", None)],
            );
        });
    }
    for pipeline in pipelines() {
        pipeline.sampling(Sampling::Never).run(async |traces| {
            quiet(&session(1)).await;
            assert!(traces.exported().is_empty());
        });
    }
}

#[test]
fn a_session_changes_no_parent() {
    #[traced(session = session(1))]
    fn opens() {
        step();
        info_span!("theirs").in_scope(step);
    }

    #[traced]
    fn around() {
        opens();
        session(2).run(step);
    }

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            around();
            assert_trace!(
                traces,
                "
                internal around
                  internal opens {session.id=1}
                    internal step {session.id=1}
                    internal theirs
                      internal step {session.id=1}
                  internal step {session.id=2}
                "
            );
        });
    }
}

#[test]
fn a_span_of_others_around_a_quiet_session_stays_the_parent() {
    #[traced(level = "debug", session = session(1))]
    fn quiet() {
        step();
    }

    for pipeline in pipelines() {
        pipeline.level(LevelFilter::INFO).run_sync(|traces| {
            info_span!("theirs").in_scope(quiet);
            assert_trace!(
                traces,
                "
                internal theirs
                  internal step {session.id=1}
                "
            );
        });
    }
}

#[test]
fn texts_of_users_are_recorded_where_the_session_says_so() {
    let silent = session(1);
    let open = silent.clone().record_content(true);
    assert_eq!(silent.content("a prompt"), "[redacted]");
    assert_eq!(open.content("a prompt"), "a prompt");
    open.run(|| {
        // What is not said inside is what the outer one says.
        session(2).run(|| assert_eq!(SessionTelemetry::current().content("a"), "a"));
        let closed = session(2).record_content(false);
        closed.run(|| assert_eq!(SessionTelemetry::current().content("a"), "[redacted]"));
    });
    assert_eq!(SessionTelemetry::current().content("a"), "[redacted]");
}

#[test]
fn debug_shows_no_value() {
    let session = SessionTelemetry::new().with("user.name", "Ada");
    let future = session.instrument(async {});
    for text in [format!("{session:?}"), format!("{future:?}")] {
        assert!(
            text.contains("user.name") && !text.contains("Ada"),
            "{text}"
        );
    }
}

#[traced(session = session(2).with("own", true), level = "trace")]
fn later_without_a_span() -> impl Future<Output = Option<i64>> {
    async move {
        step();
        current()
    }
}

#[test]
fn a_future_of_a_call_without_a_span_lost_the_session_of_who_polls_it() {
    for pipeline in pipelines() {
        pipeline.level(LevelFilter::INFO).run(async |traces| {
            let later = later_without_a_span();
            let around = session(1).with("around", true);
            assert_eq!(around.instrument(later).await, Some(2));
            let step = traces.span("step");
            assert_eq!(step.attribute("own"), Some(&true.into()));
            assert_eq!(step.attribute("around"), Some(&true.into()));
        });
    }
}

#[traced(session = session(2), level = "trace")]
fn say_elsewhere() {
    let said = task::spawn_thread(|| tracing_relay::otel::set_attribute("said", true));
    said.join().unwrap();
}

#[traced]
fn around() {
    say_elsewhere();
}

#[test]
fn what_a_thread_says_of_the_span_was_lost_where_a_call_in_a_session_had_none() {
    for pipeline in pipelines() {
        pipeline.level(LevelFilter::INFO).run_sync(|traces| {
            around();
            assert_eq!(traces.span("around").attribute("said"), Some(&true.into()));
        });
    }
}

/// Tells which session is current where it is dropped.
struct Tells<'a>(&'a Cell<Option<i64>>);

impl Drop for Tells<'_> {
    fn drop(&mut self) {
        self.0.set(current());
    }
}

#[traced(session = session(2), level = "trace")]
async fn waits_without_a_span(told: &Cell<Option<i64>>, panics: bool) {
    let _tells = Tells(told);
    tokio::task::yield_now().await;
    assert!(!panics, "on purpose");
    tokio::task::yield_now().await;
}

#[test]
fn a_call_without_a_span_is_dropped_in_its_session_and_leaves_none() {
    for pipeline in pipelines() {
        pipeline.level(LevelFilter::INFO).run(async |_| {
            for (polls, panics) in [(1, false), (2, false), (3, false), (1, true), (2, true)] {
                let told = Cell::new(None);
                let mut call = Box::pin(waits_without_a_span(&told, panics));
                for _ in 0..polls {
                    let poll = AssertUnwindSafe(async { futures_util::poll!(call.as_mut()) });
                    let has_panicked = poll.catch_unwind().await.is_err();
                    assert_eq!(has_panicked, panics && told.get().is_some());
                    assert_eq!(current(), None);
                }
                drop(call);
                assert_eq!(told.get(), Some(2), "{polls} {panics}");
                assert_eq!(current(), None);
            }
        });
    }
}
