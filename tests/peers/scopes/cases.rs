//! The cases: what is measured in which application, and what has a bound.

use crate::application::{SetUp, Tracing};
use crate::bounds::Bound;
use crate::work::{self, Work};

/// A way to do what other cases of the same name do as well.
pub(crate) struct Case {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    /// Ratios and bounds are to the first one of a name.
    pub(crate) variant: &'static str,
    pub(crate) set_up: SetUp,
    pub(crate) work: Work,
    pub(crate) bound: Bound,
}

impl Case {
    /// The name by which a process is told to run it.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}/{}", self.table, self.name, self.variant)
    }
}

/// What an application does, and whether that has a bound.
const DONE: [(&str, Work, bool); 9] = [
    ("`info_span!`", work::spans, true),
    ("`info_span!` with `info!`", work::events_in_spans, true),
    ("`#[traced]`", work::annotated, true),
    ("`info!`", work::events, true),
    ("`debug_span!`, disabled", work::debug_spans, true),
    ("`debug!`, disabled", work::debug_events, true),
    ("`info!`, disabled by its target", work::quiet_events, true),
    // The scope wants these two, so that `tracing` has to ask each time.
    (
        "`info_span!`, disabled by its target",
        work::quiet_spans,
        false,
    ),
    (
        "`#[traced]`, disabled by its target",
        work::quiet_annotated,
        false,
    ),
];

/// All of them, those of a table and of a name together.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = entering();
    cases.extend(not_installed());
    cases.extend(inside());
    for (table, tracing) in [
        (
            "The application on tracing-opentelemetry",
            Tracing::OpenTelemetry,
        ),
        ("The application on our engine", Tracing::Engine),
        ("The application with log lines", Tracing::Fmt),
    ] {
        cases.extend(application(table, tracing));
    }
    cases
}

fn entering() -> Vec<Case> {
    type Pair = (&'static str, Tracing, [Work; 2]);
    const PAIRS: [Pair; 4] = [
        (
            "a call",
            Tracing::OpenTelemetry,
            [work::enter_by_hand, work::enter_scope],
        ),
        (
            "a poll",
            Tracing::OpenTelemetry,
            [work::poll_by_hand, work::poll_scope],
        ),
        (
            "a call in a span of the application",
            Tracing::OpenTelemetry,
            [
                |calls| work::in_a_span(calls, work::enter_by_hand),
                |calls| work::in_a_span(calls, work::enter_scope),
            ],
        ),
        (
            "a call where nobody listens",
            Tracing::None,
            [work::enter_by_hand, work::enter_scope],
        ),
    ];
    let variants = [
        ("`set_default` and `Context::attach`", Bound::None),
        ("the scope", Bound::Times(2.6)),
    ];
    let cases = PAIRS.iter().flat_map(|(name, tracing, works)| {
        let variants = variants.into_iter().zip(*works);
        variants.map(|((variant, bound), work)| Case {
            table: "Entering a scope",
            name,
            variant,
            set_up: SetUp::new(*tracing, 1),
            work,
            bound,
        })
    });
    cases.collect()
}

fn not_installed() -> Vec<Case> {
    type Pair = (&'static str, Tracing, [Work; 2]);
    const SYNC: [Work; 2] = [work::annotated, work::operations];
    const ASYNC: [Work; 2] = [work::annotated_async, work::operations_async];
    const PAIRS: [Pair; 4] = [
        ("a function", Tracing::None, SYNC),
        ("an async function", Tracing::None, ASYNC),
        ("a function, on our engine", Tracing::Engine, SYNC),
        ("an async function, on our engine", Tracing::Engine, ASYNC),
    ];
    let cases = PAIRS.iter().flat_map(|(name, tracing, works)| {
        // What the engine does is not the same to the instruction on each run.
        let bound = if *tracing == Tracing::None {
            Bound::More(10.0)
        } else {
            Bound::Times(1.05)
        };
        let variants = [("`#[traced]`", Bound::None), ("`#[relay_traced]`", bound)];
        let variants = variants.into_iter().zip(*works);
        variants.map(|((variant, bound), work)| Case {
            table: "A scope that is not installed",
            name,
            variant,
            set_up: SetUp::new(*tracing, 0),
            work,
            bound,
        })
    });
    cases.collect()
}

fn inside() -> Vec<Case> {
    type Row = (&'static str, &'static str, Tracing, Work, Bound);
    const ROWS: [Row; 9] = [
        (
            "`info_span!`",
            "on our engine",
            Tracing::Engine,
            work::spans,
            Bound::None,
        ),
        (
            "`info_span!`",
            "in a scope",
            Tracing::Engine,
            |calls| work::inside(calls, work::spans),
            Bound::Times(0.8),
        ),
        (
            "`#[traced]`",
            "on our engine",
            Tracing::Engine,
            work::annotated,
            Bound::None,
        ),
        (
            "`#[traced]`",
            "in a scope",
            Tracing::Engine,
            |calls| work::inside(calls, work::annotated),
            Bound::Times(1.1),
        ),
        (
            "`#[traced]`",
            "an operation of a scope",
            Tracing::Engine,
            work::operations,
            Bound::Times(2.1),
        ),
        (
            "async `#[traced]`",
            "on our engine",
            Tracing::Engine,
            work::annotated_async,
            Bound::None,
        ),
        (
            "async `#[traced]`",
            "an operation of a scope",
            Tracing::Engine,
            work::operations_async,
            Bound::Times(2.1),
        ),
        (
            "`info!` with log lines",
            "of the application",
            Tracing::Fmt,
            work::events,
            Bound::None,
        ),
        (
            "`info!` with log lines",
            "in a scope",
            Tracing::Fmt,
            |calls| work::inside(calls, work::events),
            Bound::Times(1.25),
        ),
    ];
    let cases = ROWS
        .iter()
        .map(|(name, variant, tracing, work, bound)| Case {
            table: "Inside of a scope",
            name,
            variant,
            set_up: SetUp::new(*tracing, 1),
            work: *work,
            bound: *bound,
        });
    cases.collect()
}

fn application(table: &'static str, tracing: Tracing) -> Vec<Case> {
    let variants = [
        ("no scope", SetUp::new(tracing, 0), Bound::None),
        ("1 scope", SetUp::new(tracing, 1), Bound::None),
        ("2 scopes", SetUp::new(tracing, 2), Bound::Times(1.05)),
        (
            "2, and an operation runs elsewhere",
            SetUp::new(tracing, 2).busy(),
            Bound::None,
        ),
    ];
    let cases = DONE.iter().flat_map(|(name, work, is_bound)| {
        variants.map(|(variant, set_up, bound)| Case {
            table,
            name,
            variant,
            set_up,
            work: *work,
            // To `tracing`, an application with log lines is as the one on tracing-opentelemetry.
            bound: if *is_bound && tracing != Tracing::Fmt {
                bound
            } else {
                Bound::None
            },
        })
    });
    cases.collect()
}
