//! What the exporting thread does when much or little comes in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::exporter::{Exporter, LONG, Traced, marked, patient};

#[test]
fn batches_have_their_size() {
    for (size, spans, batches) in [
        (512, 1_200, vec![512, 512, 176]),
        (200, 700, vec![200, 200, 200, 100]),
        (100, 250, vec![100, 100, 50]),
        (1, 3, vec![1, 1, 1]),
    ] {
        let exporter = Exporter::that_takes();
        let mut queue = patient();
        queue.batch = size;
        let traced = Traced::new(exporter.clone(), queue);
        traced.make(spans);
        assert!(traced.engine.flush(LONG));
        assert_eq!(exporter.batches(), batches);
    }
}

#[test]
fn a_batch_of_large_spans_is_smaller() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter.clone(), patient());
    let text = "x".repeat(300 << 10);
    traced.run(|| (0..20).for_each(|_| assert!(crate::exporter::step(&text))));
    // Without a flush: that many bytes are a reason of their own.
    exporter.wait_for_calls(2);
    assert_eq!(exporter.batches()[..2], [3, 3]);
    assert!(traced.engine.flush(LONG));
    assert_eq!(traced.engine.statistics().exported, 20);
}

#[test]
fn a_span_is_exported_after_the_delay_also_where_the_thread_slept() {
    for delay in [Duration::ZERO, Duration::from_millis(3)] {
        let exporter = Exporter::that_takes();
        let mut queue = patient();
        queue.delay = delay;
        let traced = Traced::new(exporter.clone(), queue);
        for calls in 1..20 {
            traced.make(1);
            exporter.wait_for_calls(calls);
        }
        assert!(traced.engine.shutdown(LONG));
        assert_eq!(traced.engine.statistics().exported, 19);
    }
}

/// Makes spans on a thread until `f` returns.
fn under_load(traced: &Traced, f: impl FnOnce()) {
    let goes_on = AtomicBool::new(true);
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            while goes_on.load(Ordering::Relaxed) {
                traced.make(100);
            }
        });
        f();
        goes_on.store(false, Ordering::Relaxed);
        load.join().expect("telemetry changes nothing");
    });
}

#[test]
fn a_thread_with_few_spans_is_not_forgotten_while_others_have_many() {
    let exporter = Exporter::that_takes();
    let mut queue = patient();
    (queue.delay, queue.batch) = (Duration::from_millis(5), 32);
    let traced = Traced::new(exporter.clone(), queue);
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let traced = &traced;
        scope.spawn(move || {
            traced.run(marked);
            assert!(is_done.recv().is_err(), "the test is over");
        });
        under_load(traced, || exporter.wait_for_span("marked"));
        drop(done);
    });
    assert!(traced.engine.shutdown(LONG));
    assert_eq!(traced.engine.statistics().failed, 0);
}

#[test]
fn a_flush_ends_while_others_go_on() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter.clone(), patient());
    under_load(&traced, || {
        for _ in 0..20 {
            assert!(traced.engine.flush(LONG));
        }
    });
    assert!(traced.engine.shutdown(LONG));
    assert_eq!(traced.engine.statistics().failed, 0);
}
