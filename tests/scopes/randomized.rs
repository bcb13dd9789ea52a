//! Random programs, in the short form; the long one is the benchmark `scopes_soak`.

use tracing_relay::testing::Pipeline;

use crate::random::{Kind, Report, Round, run};

/// Steps of a round.
const OPERATIONS: u64 = 20_000;

#[test]
fn random_programs_are_recorded_where_a_model_says_below_the_parent_that_it_says() {
    // Callsites that a test reaches first are not disabled for the others.
    drop(Pipeline::new().build());
    let mut seed = 1;
    let mut all = Report::default();
    for kind in Kind::ALL {
        for workers in [1, 2, 4] {
            let round = Round {
                seed,
                kind,
                workers,
                operations: OPERATIONS,
            };
            let report = match run(round) {
                Ok(report) => report,
                Err(mistakes) => panic!("{round:?}:\n{}", mistakes.join("\n")),
            };
            println!("{round:?}: {report:?}");
            assert_eq!(report.operations, OPERATIONS);
            assert!(report.spans_in_scopes > OPERATIONS / 20, "{report:?}");
            assert!(report.spans > report.spans_in_scopes, "{report:?}");
            assert!(report.pipelines > 10, "{report:?}");
            all.add(report);
            seed += 1;
        }
    }
    assert!(all.events > OPERATIONS / 20, "{all:?}");
}
