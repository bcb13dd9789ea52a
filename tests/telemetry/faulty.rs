//! The short form of `benches/faults_soak.rs`: counts alone, and no time.

use crate::faults::collector::Fault;
use crate::faults::load::{Load, Size};
use crate::faults::{Round, run, run_in_turn};

const SIZE: Size = Size {
    units: 300,
    steps: 50,
};

#[test]
fn with_each_fault_of_a_collector_results_are_the_same_and_every_span_is_counted() {
    for load in Load::ALL {
        for fault in Fault::ALL {
            // With room for everything, and for a part of it.
            for queue in [100_000, 400] {
                let round = Round {
                    load,
                    size: SIZE,
                    queue,
                };
                let report = run(round, fault);
                let statistics = report
                    .unwrap_or_else(|mistake| panic!("{load:?} {fault:?}: {mistake}"))
                    .statistics;
                if queue > 400 {
                    assert_eq!(statistics.dropped, 0, "{load:?} {fault:?}");
                }
            }
        }
    }
}

#[test]
fn with_one_fault_after_the_other_every_span_is_counted() {
    let round = Round {
        load: Load::Threads,
        size: SIZE,
        queue: 100_000,
    };
    let statistics = run_in_turn(round, 16).unwrap();
    assert_eq!(statistics.dropped, 0);
}
