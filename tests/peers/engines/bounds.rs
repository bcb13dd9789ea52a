//! What we want to reach beside the peers.

use tracing_relay_peers::suite::{Bound, Of};

use crate::peers::{FASTRACE, INSTRUMENT_ON_OURS, TRACED_ON_TRACING_OPENTELEMETRY};
use crate::{OURS, REFERENCE, hops};

/// In one case, the first variant as part of the second.
const fn bound(
    says: &'static str,
    case: &'static str,
    [ours, theirs]: [&'static str; 2],
    at_most: f64,
) -> Bound {
    Bound {
        says,
        at_most,
        of: Of::Times((case, ours), (case, theirs)),
    }
}

pub(crate) const ALL: [Bound; 13] = [
    bound(
        "a span with 1 field, to tracing-opentelemetry",
        "sync, 1 field",
        [OURS, REFERENCE],
        0.16,
    ),
    bound(
        "a tree of 11, to fastrace",
        "a tree of 11",
        [OURS, FASTRACE],
        0.8,
    ),
    bound(
        "a span that is not sampled, to `#[traced]` on tracing-opentelemetry",
        "not sampled",
        [OURS, TRACED_ON_TRACING_OPENTELEMETRY],
        0.04,
    ),
    bound(
        "`#[instrument]` through our layer, to tracing-opentelemetry",
        "sync, 1 field",
        [INSTRUMENT_ON_OURS, REFERENCE],
        0.35,
    ),
    bound(
        "the same, not sampled",
        "not sampled",
        [INSTRUMENT_ON_OURS, REFERENCE],
        0.20,
    ),
    bound(
        "a further poll, to tracing-opentelemetry",
        "a further poll",
        [OURS, REFERENCE],
        0.14,
    ),
    bound(
        "a hop over JSON, to the usual way",
        "over JSON",
        [OURS, REFERENCE],
        0.22,
    ),
    bound(
        "a hop over JSON, to fastrace",
        "over JSON",
        [OURS, FASTRACE],
        0.65,
    ),
    bound(
        "a hop over mpsc, to the usual way",
        "over mpsc",
        [OURS, REFERENCE],
        0.14,
    ),
    bound(
        "a hop over mpsc, to fastrace",
        "over mpsc",
        [OURS, FASTRACE],
        0.50,
    ),
    bound(
        "the macros on tracing-opentelemetry, over JSON, to the usual way",
        "over JSON",
        [hops::ON_TRACING_OPENTELEMETRY, REFERENCE],
        0.72,
    ),
    Bound {
        says: "the calling thread, beside another one, to alone",
        at_most: 1.3,
        of: Of::Times(("2 threads, each", OURS), ("1 thread", OURS)),
    },
    Bound {
        says: "bytes of a waiting span with 5 fields",
        at_most: 400.0,
        of: Of::Waiting(OURS),
    },
];
