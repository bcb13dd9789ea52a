//! Many sessions at once, on some threads.

use std::time::{SystemTime, UNIX_EPOCH};

use tracing_relay::task;

use super::*;

const SESSIONS: i64 = 200;

/// A generator of numbers, xorshift: each session has its own.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// The tags of S27.
fn tagged(id: i64) -> SessionTelemetry {
    session(id)
        .with("stt_provider", format!("provider-{id}"))
        .with("channel_mode", format!("mode-{id}"))
        .with("model", format!("model-{id}"))
        .with("languages", format!("language-{id}"))
        .with("onboarding", id % 2 == 0)
}

const TAGS: [&str; 6] = [
    "session.id",
    "stt_provider",
    "channel_mode",
    "model",
    "languages",
    "onboarding",
];

#[traced(fields(of = id))]
async fn work(id: i64, seed: u64) {
    let mut numbers = Numbers(seed);
    for _ in 0..numbers.next(6) {
        tokio::task::yield_now().await;
        let seed = numbers.next(u64::MAX).max(1);
        match numbers.next(6) {
            0 => Box::pin(work(id, seed >> 40 | 1)).await,
            1 => task::spawn(leaf(id)).await.unwrap(),
            2 => task::detach(leaf(id)).await.unwrap(),
            3 => {
                let cancelled = tokio::select! {
                    biased;
                    () = leaf(id) => false,
                    () = std::future::ready(()) => true,
                };
                assert!(cancelled);
            }
            4 => {
                let panicked = task::spawn(fails(id)).await;
                assert!(panicked.is_err());
            }
            _ => task::spawn_blocking(move || blocking(id)).await.unwrap(),
        }
    }
}

#[traced(fields(of = id))]
async fn leaf(id: i64) {
    tokio::task::yield_now().await;
}

#[traced(fields(of = id))]
async fn fails(id: i64) {
    tokio::task::yield_now().await;
    std::panic::resume_unwind(Box::new(id));
}

#[traced(fields(of = id))]
fn blocking(id: i64) {}

#[traced(fields(of = id), session = tagged(id))]
async fn annotated(id: i64, seed: u64) {
    work(id, seed).await;
}

#[track_caller]
fn assert_tags(span: &Span) {
    let of = match span.attribute("of") {
        Some(Value::I64(id)) => *id,
        other => panic!("whose is {}? {other:?}", span.name()),
    };
    let tags: Vec<_> = TAGS
        .iter()
        .map(|tag| span.attribute(tag).cloned())
        .collect();
    let expected: Vec<Option<Value>> = if of == 0 {
        vec![None; TAGS.len()]
    } else {
        vec![
            Some(of.into()),
            Some(format!("provider-{of}").into()),
            Some(format!("mode-{of}").into()),
            Some(format!("model-{of}").into()),
            Some(format!("language-{of}").into()),
            Some((of % 2 == 0).into()),
        ]
    };
    assert_eq!(tags, expected, "{}", span.name());
}

#[test]
fn of_many_sessions_at_once_each_span_has_its_own_tags_and_what_is_in_none_has_none() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = u64::try_from(now.as_nanos() & 0xffff_ffff).unwrap() | 1;
    println!("seed {seed}");
    for pipeline in pipelines() {
        pipeline.worker_threads(4).run(async |traces| {
            let mut numbers = Numbers(seed);
            let sessions: Vec<_> = (1..=SESSIONS)
                .map(|id| {
                    let seed = numbers.next(u64::MAX).max(1);
                    if id % 2 == 0 {
                        tokio::spawn(annotated(id, seed))
                    } else {
                        tokio::spawn(tagged(id).instrument(work(id, seed)))
                    }
                })
                .collect();
            let unrelated = tokio::spawn(work(0, seed));
            for session in sessions {
                session.await.unwrap();
            }
            unrelated.await.unwrap();
            let spans = traces.spans();
            assert!(spans.len() > 200, "{}", spans.len());
            spans.iter().for_each(assert_tags);
        });
    }
}
