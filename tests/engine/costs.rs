//! What a span costs its thread, and what it takes while it waits: counts, the same on every machine.

use tracing_relay::engine::Engine;
use tracing_relay::traced;

use crate::exporter::{Exporter, LONG, Traced, patient};

#[traced(fields(number, user, region, cached, size))]
fn five_fields(number: u64, user: &str, region: &str, cached: bool, size: i64) -> u64 {
    let _ = (user, region, cached, size);
    number
}

fn make(traced: &Traced, spans: u64) {
    traced.run(|| {
        for number in 0..spans {
            five_fields(number, "user-4711", "eu-central-1", true, 1_234);
        }
    });
}

/// Allocations of this thread only: what waits is allocated here, and freed by the exporting thread.
fn measured(f: impl FnOnce()) -> allocation_counter::AllocationInfo {
    allocation_counter::measure(f)
}

#[test]
fn a_span_allocates_nothing_once_there_are_chunks() {
    // Without OpenTelemetry's own context, which is allocated.
    let traced = Traced::of(
        Engine::builder()
            .with_exporter(Exporter::that_takes())
            .with_queue(patient())
            .with_context_activation(false)
            .build()
            .expect("there are threads"),
    );
    for _ in 0..3 {
        make(&traced, 2_000);
        assert!(traced.engine.flush(LONG));
    }
    // Each of them from a thread without a chunk, through full ones, to one that is not.
    let allocations = measured(|| make(&traced, 300)).count_total;
    assert!(traced.engine.flush(LONG));
    assert_eq!(traced.engine.statistics().exported, 6_300);
    assert_eq!(allocations, 0);
}

#[test]
fn a_waiting_span_with_five_fields_takes_at_most_400_bytes() {
    let exporter = Exporter::that_takes();
    exporter.hold();
    let traced = Traced::new(exporter.clone(), patient());
    make(&traced, 512);
    exporter.wait_for_calls(1);
    let spans = 50_000;
    let bytes = measured(|| make(&traced, spans)).bytes_current;
    let each = bytes / i64::try_from(spans).expect("it is small");
    println!("{each} bytes a span");
    assert!((1..=400).contains(&each), "{each} bytes");
    assert_eq!(traced.engine.statistics().dropped, 0);
    exporter.release();
    assert!(traced.engine.shutdown(LONG));
}
