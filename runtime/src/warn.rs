//! Warnings, each at most once a minute for a span name and a reason.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::NoSubscriber;

use crate::carrier::InvalidCarrier;
use crate::span::{AttributeValue, Site};

/// How long a warning stays quiet after it was given.
const QUIET: Duration = Duration::from_secs(60);

/// Where an invalid context was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Carrier,
    Environment,
}

/// Which warnings were given lately. There is one for the process, and one for each test pipeline.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<Option<HashMap<(&'static str, &'static str), Given>>>);

#[derive(Debug)]
struct Given {
    at: Instant,
    held_back: u64,
}

impl Limiter {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// How many warnings of this kind were held back since the last one; `None` where this one is to
    /// be held back too. The names are of the program's text, so there is a bounded number of them.
    fn admit(&self, span: &'static str, reason: &'static str) -> Option<u64> {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let given = given.get_or_insert_with(HashMap::new);
        let now = Instant::now();
        match given.get_mut(&(span, reason)) {
            Some(last) if now.duration_since(last.at) < QUIET => {
                last.held_back += 1;
                None
            }
            last => {
                let held_back = last.map_or(0, |last| last.held_back);
                given.insert(
                    (span, reason),
                    Given {
                        at: now,
                        held_back: 0,
                    },
                );
                Some(held_back)
            }
        }
    }
}

fn admit(span: &'static str, reason: &'static str) -> Option<u64> {
    static PROCESS: Limiter = Limiter::new();
    #[cfg(feature = "testing")]
    if let Some(answer) = tracing::dispatcher::get_default(|dispatch| {
        let limiter = dispatch.downcast_ref::<TestLimiter>()?;
        Some(limiter.0.admit(span, reason))
    }) {
        return answer;
    }
    PROCESS.admit(span, reason)
}

/// Whether a warning could be seen. What nobody sees must not hold back a later one.
fn anybody_listens() -> bool {
    tracing::Level::WARN <= LevelFilter::current()
        && tracing::dispatcher::get_default(|dispatch| !dispatch.is::<NoSubscriber>())
}

/// Warns that what should have been the parent of a span is not a context. Call it inside the span,
/// so that the line has the span's fields; they are in the text as well, for a log without spans.
pub(crate) fn invalid_carrier(
    site: &'static Site,
    reason: InvalidCarrier,
    source: Source,
    values: &[AttributeValue<'_>],
) {
    static ENVIRONMENT: AtomicBool = AtomicBool::new(false);
    if !anybody_listens() {
        return;
    }
    let name = site.metadata().name();
    let held_back = match source {
        Source::Environment if ENVIRONMENT.swap(true, Ordering::Relaxed) => return,
        Source::Environment => 0,
        Source::Carrier => match admit(name, reason.reason()) {
            Some(held_back) => held_back,
            None => return,
        },
    };
    let mut fields = String::new();
    let names = site.metadata().fields();
    let values = values.iter().take(site.opening_fields);
    for (field, value) in names.iter().skip(Site::FIELDS.len()).zip(values) {
        if !matches!(value, AttributeValue::Absent) {
            // Writing to a string fails only where a `Display` of the program does; the rest of the
            // line is still worth having.
            let _ = write!(fields, " {}={value}", field.name());
        }
    }
    let fields = fields.trim_start();
    let held_back = (held_back > 0).then_some(held_back);
    match source {
        Source::Carrier => tracing::warn!(
            span = name,
            %reason,
            fields,
            held_back,
            "ignoring an invalid trace carrier"
        ),
        Source::Environment => tracing::warn!(
            span = name,
            %reason,
            "ignoring the invalid trace context in the environment"
        ),
    }
}

/// Warns that a component's spans go nowhere, although somebody wanted them to go somewhere.
#[cfg(feature = "engine")]
pub(crate) fn scope_off(prefix: &'static str, off: &crate::scope::ScopeOff) {
    if !anybody_listens() {
        return;
    }
    if let Some(held_back) = admit(prefix, off.kind()) {
        let held_back = (held_back > 0).then_some(held_back);
        tracing::warn!(reason = %off, held_back, "a scope sends its spans nowhere");
    }
}

/// Warns that nothing is recorded under the name of an instrument. Once for each pipeline, which remembers that.
#[cfg(feature = "metrics")]
pub(crate) fn illegal_metric(name: &str) {
    tracing::warn!(
        metric = name,
        "nothing is recorded by an instrument whose name is no legal one: write letters, digits and `_ . - /`, a letter \
         first, at most 255"
    );
}

/// Warns that metrics did not arrive.
#[cfg(feature = "telemetry")]
pub(crate) fn metrics_not_exported(error: &dyn std::fmt::Display) {
    if !anybody_listens() {
        return;
    }
    if let Some(held_back) = admit("metrics", "export") {
        let held_back = (held_back > 0).then_some(held_back);
        tracing::warn!(%error, held_back, "metrics were not exported");
    }
}

/// Gives a test pipeline a limiter of its own.
#[cfg(feature = "testing")]
#[derive(Debug, Default)]
pub(crate) struct TestLimiter(Limiter);

#[cfg(feature = "testing")]
impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for TestLimiter {}

#[cfg(test)]
mod tests {
    use super::Limiter;

    #[test]
    fn a_warning_is_given_once_for_a_name_and_a_reason() {
        let limiter = Limiter::new();
        assert_eq!(limiter.admit("a", "x"), Some(0));
        assert_eq!(limiter.admit("a", "x"), None);
        assert_eq!(limiter.admit("a", "y"), Some(0));
        assert_eq!(limiter.admit("b", "x"), Some(0));
    }
}
