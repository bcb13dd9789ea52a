//! [`LateField`]: a field that is learned in the middle of a call.
//!
//! The handles of one call share a slot. Before the span opens the slot keeps what is recorded; while
//! it is open the slot knows the span; when it ends the slot forgets it, so that a handle that is kept
//! longer keeps nothing else. What the program writes itself, a `Display` or a layer of its own, never
//! runs while the slot is locked.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::active;
use super::site::Site;
use super::value::{AttributeValue, OwnedValue};
use crate::current;
#[cfg(feature = "metrics")]
use crate::metrics::Measure;

/// A field of a span whose value is learned while the function runs: what `late(…)` in an attribute
/// brings into scope under the name that is written there.
///
/// A handle records on the span of its own call, from wherever it is used: also from another task or
/// thread, inside another span, and where there is no subscriber. It can be cloned and kept. The first
/// value counts, over all clones; later ones do nothing, nor does any after the span has ended. A value
/// that is absent, as `None` is, leaves the field for the next one.
///
/// ```
/// use tracing_relay::{LateField, traced};
///
/// #[traced(late(turn_id: str = "turn.id", attempts: u32 = "turn.attempts"))]
/// fn start_turn(input: &str) -> usize {
///     attempts.record(&1);
///     submit(input, &turn_id)
/// }
///
/// /// The span is that of the caller.
/// fn submit(input: &str, turn_id: &LateField<str>) -> usize {
///     turn_id.record("turn-7");
///     input.len()
/// }
///
/// assert_eq!(start_turn("hello"), 5);
/// // In a test of `submit` alone:
/// assert_eq!(submit("hello", &LateField::none()), 5);
/// ```
pub struct LateField<T: ?Sized> {
    /// Nothing where there is no span.
    slot: Option<Arc<Slot>>,
    /// Of the fields that the function declares.
    number: usize,
    value: Read<T>,
}

/// How a value becomes one of an attribute. It gets a reference to the reference: where the type has no
/// size, that is what can be recorded by `Display` and `Debug`.
type Read<T> = for<'a> fn(&'a &T) -> AttributeValue<'a>;

impl<T: ?Sized> LateField<T> {
    /// A handle without a span, which records nothing: for calling a function that takes one.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            slot: None,
            number: 0,
            value: |_| AttributeValue::Absent,
        }
    }

    /// Gives the field its value, unless it has one or the span has ended.
    ///
    /// It does not say whether it did: that depends on levels and on who listens, and what a program
    /// does must not.
    pub fn record(&self, value: &T) {
        let open = |slot: &&Arc<Slot>| current::is_possible() && slot.takes(self.number);
        if let Some(slot) = self.slot.as_ref().filter(open) {
            // A value that panics, or a layer that does, costs this field and nothing else.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                slot.record(self.number, &OwnedValue::from((self.value)(&value)));
            }));
        }
    }
}

impl<T: ?Sized> Clone for LateField<T> {
    fn clone(&self) -> Self {
        Self {
            slot: self.slot.clone(),
            number: self.number,
            value: self.value,
        }
    }
}

impl<T: ?Sized> Default for LateField<T> {
    fn default() -> Self {
        Self::none()
    }
}

impl<T: ?Sized> fmt::Debug for LateField<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LateField").finish_non_exhaustive()
    }
}

/// The late fields of one call: what generated code makes the handles from.
#[derive(Debug)]
pub struct LateFields(Option<Arc<Slot>>);

impl LateFields {
    /// Those of a call without a span.
    pub(crate) const NONE: Self = Self(None);

    /// Gives values to the metric of the call, for the fields from `first` on.
    #[cfg(feature = "metrics")]
    pub(super) fn measure(&self, first: usize, values: &[AttributeValue<'_>]) {
        let Some(slot) = &self.0 else {
            return;
        };
        // They become text before the lock is taken: their `Display` may run anything.
        let values = values.iter().map(|value| OwnedValue::from(*value));
        let values: Vec<_> = (first..).zip(values).collect();
        slot.lock().learned.extend(values);
    }

    /// The handle of the field of this number, counted from the first that the function declares.
    #[must_use]
    pub fn field<T: ?Sized>(
        &self,
        number: usize,
        value: for<'a> fn(&'a &T) -> AttributeValue<'a>,
    ) -> LateField<T> {
        LateField {
            slot: self.0.clone(),
            number,
            value,
        }
    }

    /// The same for a field that is recorded by `Display`.
    #[must_use]
    pub fn displayed<T: fmt::Display + ?Sized>(&self, number: usize) -> LateField<T> {
        self.field(number, |value| AttributeValue::Display(value))
    }

    /// The same for a field that is recorded by `Debug`.
    #[must_use]
    pub fn debugged<T: fmt::Debug + ?Sized>(&self, number: usize) -> LateField<T> {
        self.field(number, |value| AttributeValue::Debug(value))
    }
}

/// The span's own end of its slot. When it is dropped nothing more is recorded.
#[derive(Debug)]
pub(crate) struct LateOwner(Arc<Slot>);

impl LateOwner {
    pub(crate) fn new(#[cfg(feature = "metrics")] measure: Option<Measure>) -> (Self, LateFields) {
        let owner = Self(Arc::new(Slot(Mutex::new(State {
            #[cfg(feature = "metrics")]
            measure: measure.map(Box::new),
            ..State::new(Phase::Before)
        }))));
        let fields = owner.fields();
        (owner, fields)
    }

    /// What the handles are made from.
    pub(crate) fn fields(&self) -> LateFields {
        LateFields(Some(Arc::clone(&self.0)))
    }

    /// From now on there is a span; what was recorded before goes to it.
    pub(crate) fn open(&self, site: &'static Site, span: &tracing::Span) {
        let target = Target {
            site,
            span: span.clone(),
        };
        let before = {
            let mut state = self.0.lock();
            state.phase = Phase::Open(target.clone());
            state.values.clone()
        };
        for (number, value) in before {
            target.record(number, &value);
        }
    }
}

#[cfg(any(feature = "engine", feature = "metrics"))]
impl LateOwner {
    /// Takes no more, and returns what was recorded.
    pub(super) fn end(self) -> State {
        self.0.end()
    }
}

#[cfg(feature = "metrics")]
impl LateOwner {
    /// Whether the duration of the call is recorded.
    pub(super) fn is_measured(&self) -> bool {
        self.0.lock().measure.is_some()
    }

    /// The call begins, with the values that are there by now.
    pub(super) fn begin_measure(&self, values: &[AttributeValue<'_>]) {
        // Outside of the lock: their `Display` may run anything.
        let measure = self.0.lock().measure.take();
        if let Some(mut measure) = measure {
            measure.begin(values);
            self.0.lock().measure = Some(measure);
        }
    }
}

impl Drop for LateOwner {
    fn drop(&mut self) {
        // Outside of the lock: a reference to the span is given back to its subscriber.
        drop(self.0.end());
    }
}

/// What the handles of a call share.
#[derive(Debug)]
struct Slot(Mutex<State>);

#[derive(Debug)]
pub(super) struct State {
    /// The values of the fields that have one, in order.
    pub(super) values: Vec<(usize, OwnedValue)>,
    phase: Phase,
    /// The metric that the call is for.
    #[cfg(feature = "metrics")]
    pub(super) measure: Option<Box<Measure>>,
    /// What the result says, for the metric alone.
    #[cfg(feature = "metrics")]
    pub(super) learned: Vec<(usize, OwnedValue)>,
}

#[derive(Debug)]
enum Phase {
    /// The span opens later.
    Before,
    Open(Target),
    Ended,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) -> State {
        mem::replace(&mut *self.lock(), State::new(Phase::Ended))
    }

    /// Whether a value would count now. Asked before it is made, which may be dear.
    fn takes(&self, number: usize) -> bool {
        self.lock().takes(number)
    }

    fn record(&self, number: usize, value: &OwnedValue) {
        if matches!(value, OwnedValue::Absent) {
            return;
        }
        let mut state = self.lock();
        if !state.takes(number) {
            return;
        }
        state.values.push((number, value.clone()));
        let target = match &mut state.phase {
            Phase::Open(target) => target.clone(),
            Phase::Before | Phase::Ended => return,
        };
        drop(state);
        // If the span ends meanwhile, it is open for as long as `target` is, and an exported span
        // takes nothing more.
        target.record(number, value);
    }
}

impl State {
    const fn new(phase: Phase) -> Self {
        Self {
            values: Vec::new(),
            phase,
            #[cfg(feature = "metrics")]
            measure: None,
            #[cfg(feature = "metrics")]
            learned: Vec::new(),
        }
    }

    fn takes(&self, number: usize) -> bool {
        !matches!(self.phase, Phase::Ended)
            && !self.values.iter().any(|(recorded, _)| *recorded == number)
    }
}

/// Where the values go: the only part that knows the engine.
#[derive(Clone, Debug)]
struct Target {
    site: &'static Site,
    span: tracing::Span,
}

impl Target {
    fn record(&self, number: usize, value: &OwnedValue) {
        if self.span.is_disabled() {
            return;
        }
        let first = Site::FIELDS.len() + number;
        active::record(self.site, &self.span, first, &[value.borrow()]);
    }
}
