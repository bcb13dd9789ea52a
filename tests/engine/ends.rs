//! Flushes and shutdowns.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing_relay::engine::Engine;

use crate::exporter::{Exporter, LONG, Traced, marked, patient};

#[test]
fn a_flush_exports_what_ended_on_threads_that_live_and_threads_that_ended() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter.clone(), patient());
    traced.make_elsewhere(3);
    let (made, is_made) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let traced = &traced;
        scope.spawn(move || {
            traced.make(2);
            made.send(()).expect("the test waits");
            assert!(is_done.recv().is_err(), "the test is over");
        });
        is_made.recv().expect("the thread makes spans");
        traced.make(200);
        assert!(traced.engine.flush(LONG));
        assert_eq!(traced.engine.statistics().exported, 205);
        drop(done);
    });
}

#[test]
fn flushes_at_the_same_time_are_all_answered() {
    let traced = Traced::new(Exporter::that_takes(), patient());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..50 {
                    let before = traced.engine.statistics().exported;
                    traced.make(1);
                    assert!(traced.engine.flush(LONG), "{round}");
                    assert!(traced.engine.statistics().exported > before);
                }
            });
        }
    });
    assert_eq!(traced.engine.statistics().exported, 400);
}

#[test]
fn a_flush_without_time_asks_and_does_not_wait() {
    let exporter = Exporter::that_takes();
    exporter.hold();
    let traced = Traced::new(exporter.clone(), patient());
    traced.run(marked);
    assert!(!traced.engine.flush(Duration::ZERO));
    exporter.release();
    exporter.wait_for_span("marked");
}

#[tokio::test]
async fn a_flush_works_on_the_only_thread_of_a_runtime() {
    let traced = Traced::new(Exporter::that_takes(), patient());
    traced.make(1);
    assert!(traced.engine.flush(LONG));
    traced.make(1);
    assert!(traced.engine.shutdown(LONG));
    assert_eq!(traced.engine.statistics().exported, 2);
}

#[test]
fn a_shutdown_exports_the_rest_and_can_be_repeated() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter.clone(), patient());
    traced.make(150);
    traced.make_elsewhere(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(traced.engine.shutdown(LONG));
                assert_eq!(traced.engine.statistics().exported, 155);
            });
        }
    });
    assert!(traced.engine.shutdown(Duration::ZERO));
    assert!(traced.engine.flush(Duration::ZERO));
    assert_eq!(exporter.taken().len(), 155);
}

#[test]
fn a_shutdown_does_not_wait_longer_than_its_time_for_an_exporter_that_hangs() {
    let exporter = Exporter::that_takes();
    exporter.hold();
    let traced = Traced::new(exporter.clone(), patient());
    traced.make(1_000);
    exporter.wait_for_calls(1);
    assert!(!traced.engine.shutdown(Duration::from_millis(1)));
    assert!(
        !traced.engine.shutdown(Duration::ZERO),
        "the second call says what the first says"
    );
    exporter.release();
    assert!(traced.engine.shutdown(LONG));
    assert_eq!(traced.engine.statistics().exported, 1_000);
}

#[test]
fn a_dropped_engine_has_exported_everything() {
    let exporter = Exporter::that_takes();
    let traced = Traced::new(exporter.clone(), patient());
    traced.make(3);
    drop(traced);
    assert_eq!(exporter.taken().len(), 3);
}

/// An exporter that has the engine.
#[derive(Debug)]
struct Owner {
    engine: Arc<Mutex<Option<Engine>>>,
    told: mpsc::Sender<bool>,
}

impl SpanExporter for Owner {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        let engine = self.engine.lock().expect("nothing panics").take();
        if let Some(engine) = engine {
            let flushed = engine.flush(Duration::MAX);
            drop(engine);
            let _ = self.told.send(flushed);
        }
        Ok(())
    }
}

#[test]
fn an_engine_that_ends_on_its_exporting_thread_does_not_wait_for_itself() {
    let (told, is_told) = mpsc::channel();
    let slot = Arc::default();
    let owner = Owner {
        engine: Arc::clone(&slot),
        told,
    };
    let Traced { engine, dispatch } = Traced::new(owner, patient());
    *slot.lock().expect("nothing panics") = Some(engine);
    tracing::dispatcher::with_default(&dispatch, || {
        for _ in 0..512 {
            marked();
        }
    });
    assert_eq!(is_told.recv_timeout(LONG), Ok(false));
    // The thread ends, and with it the exporter.
    assert!(
        is_told
            .recv_timeout(LONG)
            .is_err_and(|error| error == mpsc::RecvTimeoutError::Disconnected)
    );
}
