//! Each span is exported, failed or dropped, and one of them only.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tracing_relay::engine::{Engine, QueueLimits};

use crate::exporter::{Answer, Exporter, LONG, Traced, patient, step, sum};

/// Numbers that look random, and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn small() -> QueueLimits {
    let mut queue = QueueLimits::default();
    queue.spans = 500;
    queue.bytes = 100 << 10;
    queue.batch = 60;
    queue.delay = Duration::from_millis(1);
    queue
}

/// Threads that live and threads that end, spans of any size, an exporter that refuses and panics, flushes, and a
/// shutdown in the middle of it all.
#[test]
fn every_span_is_exported_or_failed_or_dropped() {
    let exporter = Exporter::new(|call| match call % 11 {
        3 => Answer::Refuse,
        7 => Answer::Panic,
        _ => Answer::Take,
    });
    let traced = Traced::new(exporter.clone(), small());
    let made = AtomicU64::new(0);
    let text = "x".repeat(200 << 10);
    let make = |numbers: &mut Numbers, spans: u64| {
        traced.run(|| {
            for _ in 0..spans {
                let len = match numbers.next() % 1_000 {
                    0 => text.len(),
                    1..=9 => 20_000,
                    _ => usize::try_from(numbers.next() % 300).expect("it is small"),
                };
                made.fetch_add(u64::from(step(&text[..len])), Ordering::Relaxed);
            }
        });
    };
    let flushing = AtomicBool::new(true);
    thread::scope(|scope| {
        let (flushing, traced) = (&flushing, &traced);
        let flusher = scope.spawn(move || {
            while flushing.load(Ordering::Relaxed) {
                traced.engine.flush(Duration::from_millis(5));
            }
        });
        let makers: Vec<_> = (1..=6)
            .map(|seed| {
                scope.spawn(move || {
                    let mut numbers = Numbers(seed * 0x9e37_79b9);
                    for round in 0..40 {
                        make(&mut numbers, 100);
                        thread::scope(|inner| {
                            inner.spawn(|| make(&mut Numbers(seed * 1_000 + round), 7));
                        });
                        if seed == 1 && round == 30 {
                            traced.engine.shutdown(LONG);
                        }
                    }
                })
            })
            .collect();
        for maker in makers {
            maker.join().expect("telemetry changes nothing");
        }
        flushing.store(false, Ordering::Relaxed);
        flusher.join().expect("telemetry changes nothing");
    });
    traced.engine.shutdown(LONG);
    let statistics = traced.engine.statistics();
    assert_eq!(
        sum(statistics),
        made.load(Ordering::Relaxed),
        "{statistics:?}"
    );
    let taken = exporter.taken();
    let ids: HashSet<_> = taken.iter().collect();
    assert_eq!(ids.len(), taken.len(), "a span was exported twice");
    assert_eq!(u64::try_from(taken.len()).ok(), Some(statistics.exported));
    assert!(statistics.exported > 0 && statistics.failed > 0 && statistics.dropped > 0);
}

#[test]
fn a_huge_span_takes_no_other_with_it() {
    let exporter = Exporter::that_takes();
    let mut queue = patient();
    queue.bytes = 64 << 10;
    let traced = Traced::new(exporter.clone(), queue);
    traced.run(|| {
        for len in [10, 100 << 10, 30, 20 << 10, 10] {
            step(&"x".repeat(len));
        }
    });
    assert!(traced.engine.flush(LONG));
    let statistics = traced.engine.statistics();
    assert_eq!((statistics.exported, statistics.dropped), (4, 1));
}

#[test]
fn a_small_queue_is_used_up_to_its_bounds() {
    let exporter = Exporter::that_takes();
    exporter.hold();
    let mut queue = patient();
    queue.spans = 10;
    let traced = Traced::new(exporter.clone(), queue);
    // One batch is in the exporter, one waits.
    traced.make(10);
    exporter.wait_for_calls(1);
    traced.make(30);
    assert_eq!(traced.engine.statistics().dropped, 20);
    exporter.release();
    assert!(traced.engine.flush(LONG));
    assert_eq!(traced.engine.statistics().exported, 20);
}

#[test]
fn a_queue_without_room_drops_everything() {
    for (spans, bytes) in [(0, 1 << 20), (100, 0)] {
        let mut queue = patient();
        (queue.spans, queue.bytes) = (spans, bytes);
        let traced = Traced::new(Exporter::that_takes(), queue);
        traced.make(10);
        assert!(traced.engine.shutdown(LONG));
        assert_eq!(traced.engine.statistics().dropped, 10, "{spans} {bytes}");
    }
}

#[test]
fn without_an_exporter_spans_are_dropped_and_nobody_waits() {
    let traced = Traced::of(Engine::builder().build().expect("no thread is needed"));
    traced.make(3);
    assert!(traced.engine.flush(Duration::ZERO));
    assert!(traced.engine.shutdown(Duration::ZERO));
    assert_eq!(traced.engine.statistics().dropped, 3);
}

#[test]
fn what_ends_after_the_shutdown_is_dropped_and_counted() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter, patient());
    traced.make(1);
    let ends_late = |here: bool| {
        traced.run(|| {
            let span = tracing::info_span!("open");
            let end = move || drop(span);
            traced.engine.shutdown(LONG);
            if here {
                end();
            } else {
                // A thread that does not know the engine.
                thread::spawn(end)
                    .join()
                    .expect("telemetry changes nothing");
            }
        });
    };
    ends_late(true);
    let statistics = traced.engine.statistics();
    assert_eq!((statistics.exported, statistics.dropped), (1, 1));
    let traced = Traced::new(Exporter::that_takes(), patient());
    let span = traced.run(|| tracing::info_span!("open"));
    traced.engine.shutdown(LONG);
    thread::spawn(move || drop(span))
        .join()
        .expect("telemetry changes nothing");
    assert_eq!(traced.engine.statistics().dropped, 1);
}

#[test]
fn a_batch_whose_export_panics_is_failed_and_the_next_is_exported() {
    let exporter = Exporter::new(|call| match call {
        0 => Answer::Panic,
        1 => Answer::Refuse,
        _ => Answer::Take,
    });
    let traced = Traced::new(exporter, patient());
    for (flushed, exported, failed) in [(false, 0, 2), (false, 0, 4), (true, 2, 4)] {
        traced.make(2);
        assert_eq!(traced.engine.flush(LONG), flushed);
        let statistics = traced.engine.statistics();
        assert_eq!((statistics.exported, statistics.failed), (exported, failed));
    }
    assert_eq!(traced.sum(), 6);
}
