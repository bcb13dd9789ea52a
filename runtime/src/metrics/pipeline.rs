//! [`Pipeline`]: where values go, and its instruments.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use opentelemetry::metrics::{HistogramBuilder, InstrumentBuilder, Meter};
use tracing::Dispatch;
use tracing::dispatcher;

use super::duration::Durations;
use super::layer::MetricsLayer;

/// How many there are.
static THERE: AtomicUsize = AtomicUsize::new(0);

/// Whether a value could go anywhere.
#[inline]
pub(crate) fn is_there() -> bool {
    THERE.load(Ordering::Relaxed) > 0
}

/// Shows the pipeline of the current subscriber to `f`, if it has one. Inside of a scope that is the application's.
pub(super) fn with_current<R>(f: impl FnOnce(&Arc<Pipeline>) -> R) -> Option<R> {
    let mut f = Some(f);
    dispatcher::get_default(|dispatch| {
        #[cfg(feature = "engine")]
        if let Some(scope) = crate::scope::ScopeSubscriber::of(dispatch) {
            return with_that_of(&scope.application(), &mut f);
        }
        with_that_of(dispatch, &mut f)
    })
}

fn with_that_of<R>(
    dispatch: &Dispatch,
    f: &mut Option<impl FnOnce(&Arc<Pipeline>) -> R>,
) -> Option<R> {
    let pipeline = dispatch.downcast_ref::<MetricsLayer>()?.pipeline()?;
    Some(f.take()?(pipeline))
}

/// A meter with its instruments.
pub(crate) struct Pipeline {
    /// Not that of any other.
    number: u64,
    meter: Meter,
    /// By their type and their name; none for a name that is no legal one.
    instruments: RwLock<HashMap<(TypeId, &'static str), Option<Instrument>>>,
    durations: Durations,
}

type Instrument = Box<dyn Any + Send + Sync>;

impl Pipeline {
    pub(crate) fn new(meter: Meter) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        THERE.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            meter,
            instruments: RwLock::default(),
            durations: Durations::default(),
        })
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(super) const fn durations(&self) -> &Durations {
        &self.durations
    }

    /// The instrument that is described, made where there is none yet; `None` where its name is no legal one.
    pub(super) fn instrument<I: Clone + Send + Sync + 'static>(
        &self,
        spec: &Spec,
        make: impl FnOnce(&Meter, &Spec) -> I,
    ) -> Option<I> {
        let key = (TypeId::of::<I>(), spec.name);
        let instruments = self
            .instruments
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = instruments.get(&key) {
            return known.as_ref()?.downcast_ref().cloned();
        }
        drop(instruments);
        let is_legal = spec.has_legal_name();
        // Outside of the lock: the SDK logs, and what listens may count.
        let made = is_legal.then(|| make(&self.meter, spec));
        let mut instruments = self
            .instruments
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_new = match instruments.entry(key) {
            Entry::Vacant(entry) => {
                let boxed = made.clone().map(|made| Box::new(made) as Instrument);
                entry.insert(boxed);
                true
            }
            Entry::Occupied(_) => false,
        };
        drop(instruments);
        if is_new && !is_legal {
            crate::warn::illegal_metric(spec.name);
        }
        made
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        THERE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// What an instrument is, in words.
#[derive(Clone, Copy, Debug)]
#[allow(unnameable_types, reason = "traits that are sealed name it")]
pub struct Spec {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) description: &'static str,
    /// Of a histogram, where they are not those of the SDK.
    pub(super) boundaries: Option<&'static [f64]>,
}

impl Spec {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            unit: "",
            description: "",
            boundaries: None,
        }
    }

    /// As the specification has it. The SDK refuses others as well, with a line of its own log.
    fn has_legal_name(&self) -> bool {
        let mut bytes = self.name.bytes();
        self.name.len() <= 255
            && bytes
                .next()
                .is_some_and(|first| first.is_ascii_alphabetic())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
    }

    pub(super) fn apply<B: Describe>(&self, builder: B) -> B {
        let builder = builder.about(self.unit, self.description);
        match self.boundaries {
            Some(boundaries) => builder.within(boundaries),
            None => builder,
        }
    }
}

/// The builders of the API, which have no trait in common.
pub(super) trait Describe: Sized {
    fn about(self, unit: &'static str, description: &'static str) -> Self;

    /// Of a histogram.
    fn within(self, _: &[f64]) -> Self {
        self
    }
}

impl<I> Describe for InstrumentBuilder<'_, I> {
    fn about(self, unit: &'static str, description: &'static str) -> Self {
        self.with_unit(unit).with_description(description)
    }
}

impl<I> Describe for HistogramBuilder<'_, I> {
    fn about(self, unit: &'static str, description: &'static str) -> Self {
        self.with_unit(unit).with_description(description)
    }

    fn within(self, boundaries: &[f64]) -> Self {
        self.with_boundaries(boundaries.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Spec;

    #[test]
    fn a_name_is_legal_as_the_specification_has_it() {
        let long = "a".repeat(256).leak();
        let rows = [
            ("a", true),
            ("a.b_c-d/e0", true),
            (&long[1..], true),
            (long, false),
            ("", false),
            ("0a", false),
            (".a", false),
            ("a b", false),
            ("ä", false),
        ];
        for (name, legal) in rows {
            assert_eq!(Spec::new(name).has_legal_name(), legal, "{name}");
        }
    }
}
