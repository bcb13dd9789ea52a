//! Random programs run on tracing-opentelemetry and on the engine: what is exported is the same, apart from the
//! [differences](crate::differences) that are meant.

use tracing_relay::testing::{LevelFilter, Pipeline, PipelineEngine};

use crate::differences::Difference;
use crate::plan::{self, Steps};
use crate::planner;
use crate::run::{self, Said};
use crate::seen::{self, Seen};

/// Programs for each pipeline.
const PROGRAMS: u64 = 400;

fn run_on(
    engine: PipelineEngine,
    pipeline: &Pipeline,
    activates: bool,
    steps: &Steps,
) -> (Seen, Vec<Said>) {
    let pipeline = pipeline.clone().context_activation(activates);
    pipeline.engine(engine).run_sync(|traces| {
        let said = run::run(steps, &traces, activates);
        assert_eq!(traces.open(), [] as [String; 0], "spans are open");
        (seen::all(&traces.spans()), said)
    })
}

/// The order of attributes means nothing.
fn sorted(mut seen: Seen) -> Seen {
    for span in seen.values_mut() {
        span.attributes.sort_by(|one, other| one.0.cmp(&other.0));
    }
    seen
}

/// Runs programs, and returns the differences that none of them met.
fn agree(pipeline: &Pipeline, activates: bool, first_seed: u64) -> Vec<Difference> {
    let mut unused = Difference::ALL.to_vec();
    for seed in first_seed..first_seed + PROGRAMS {
        let steps = planner::of_seed(seed);
        println!("seed {seed}");
        let (mut reference, said) = run_on(
            PipelineEngine::TracingOpentelemetry,
            pipeline,
            activates,
            &steps,
        );
        let (ours, _) = run_on(PipelineEngine::Own, pipeline, activates, &steps);
        for difference in Difference::ALL {
            if difference.apply(&mut reference, &said) {
                unused.retain(|unused| *unused != difference);
            }
        }
        let wrong = seen::compare(&sorted(reference), &sorted(ours));
        assert!(
            wrong.is_empty(),
            "seed {seed}:\n{wrong}\nthe program:\n{}",
            plan::lines(&steps, 0)
        );
    }
    unused
}

#[test]
fn random_programs_export_what_they_export_with_tracing_opentelemetry() {
    let unused = agree(&Pipeline::new(), true, 0);
    assert_eq!(unused, [], "no program meets these differences");
}

#[test]
fn random_programs_export_the_same_beside_a_layer_that_wants_every_span() {
    agree(&Pipeline::new().capture_logs(), true, 1_000);
}

#[test]
fn random_programs_export_the_same_where_nothing_activates_contexts() {
    agree(&Pipeline::new(), false, 2_000);
    agree(&Pipeline::new().capture_logs(), false, 3_000);
}

#[test]
fn random_programs_export_the_same_above_a_level() {
    agree(&Pipeline::new().level(LevelFilter::INFO), true, 4_000);
}

#[test]
fn random_programs_export_the_same_behind_a_wrapper() {
    agree(&Pipeline::new().behind_reload(), true, 5_000);
}
