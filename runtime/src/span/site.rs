//! [`SpanSite`]: the static part of a span, one for each annotated function.

use std::fmt::{self, Write as _};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use tracing::callsite::{self, Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::metadata;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

#[cfg(feature = "metrics")]
use super::measured::Measured;
use super::older::{OlderName, OlderNames};
use super::outcome::ErrorDetail;
use super::value::AttributeValue;
use crate::current;
#[cfg(feature = "engine")]
use crate::engine::{OwnRatio, Verdict};
use crate::semconv;

/// The fields that every site declares before those of its function, in this order.
pub(crate) const OTEL_KIND: usize = 0;
pub(crate) const TRACE_ID: usize = 1;
pub(crate) const SPAN_ID: usize = 2;
pub(crate) const OUTCOME: usize = 3;
pub(crate) const ERROR_TYPE: usize = 4;

/// The role of a span in a trace
/// ([OpenTelemetry, `SpanKind`](https://opentelemetry.io/docs/specs/otel/trace/api/#spankind)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Neither sends nor receives.
    Internal,
    /// Handles a request.
    Server,
    /// Sends a request and waits for the reply.
    Client,
    /// Sends a message that is handled later.
    Producer,
    /// Handles a message that was sent before.
    Consumer,
}

impl Kind {
    /// The name in lower case, as `otel.kind` takes it and `assert_trace!` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// The name that a span is exported under: some of its values, with spaces between them.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    values: &'a [AttributeValue<'a>],
    numbers: &'static [usize],
}

impl<'a> Name<'a> {
    /// The name as a value, which is text or becomes text.
    pub(crate) fn value(&self) -> AttributeValue<'_> {
        match *self.numbers {
            [only] => self
                .values
                .get(only)
                .copied()
                .unwrap_or(AttributeValue::Absent),
            _ => AttributeValue::Display(self),
        }
    }

    /// What is absent, or an empty text, is left out.
    pub(crate) fn words(self) -> impl Iterator<Item = AttributeValue<'a>> {
        let values = self
            .numbers
            .iter()
            .filter_map(move |number| self.values.get(*number));
        values
            .filter(|value| !matches!(value, AttributeValue::Absent | AttributeValue::Str("")))
            .copied()
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, word) in self.words().enumerate() {
            if number > 0 {
                f.write_char(' ')?;
            }
            fmt::Display::fmt(&word, f)?;
        }
        Ok(())
    }
}

/// The first key of each site, at an address of its own: by that the engine knows the callsites of our
/// attributes.
static KIND_KEY: [u8; 9] = *b"otel.kind";

/// What is known about a span before it starts.
#[derive(Debug)]
pub struct SpanSite {
    metadata: Metadata<'static>,
    registered: AtomicBool,
    /// The interest of all subscribers together, as `tracing` told it.
    interest: AtomicU8,
    /// What an engine's subscriber said: the number of changes of the interest, the number of the engine's layer
    /// there, and the answer.
    verdict: AtomicU64,
    pub(crate) kind: Kind,
    /// Number of fields that are recorded when the span opens; the others come later.
    pub(crate) opening_fields: usize,
    /// Which of the values that are read when the span opens make the name to export it under. The
    /// field `otel.name` then comes after the opening ones.
    name_values: &'static [usize],
    pub(crate) older: OlderNames,
    /// Whether the parent may come from the environment.
    pub(crate) environment: bool,
    pub(crate) log_ids: bool,
    /// How much of an error is shown.
    pub(crate) error_detail: ErrorDetail,
    /// Which duration its calls record.
    #[cfg(feature = "metrics")]
    pub(crate) measured: Option<Measured>,
    /// Which part of the traces is kept that start with this span.
    #[cfg(feature = "engine")]
    pub(crate) ratio: OwnRatio,
}

impl SpanSite {
    /// The first key of a site, which has to be this constant.
    pub const KIND_KEY: &'static str = match std::str::from_utf8(&KIND_KEY) {
        Ok(key) => key,
        Err(_) => panic!("the key is text"),
    };

    /// The keys that the list of a site must begin with.
    pub const FIELDS: [&'static str; 5] = [
        Self::KIND_KEY,
        semconv::TRACE_ID,
        semconv::SPAN_ID,
        semconv::OUTCOME,
        semconv::ERROR_TYPE,
    ];

    /// The site that is the static `this`, of which nothing but the address is used here: an internal
    /// span that records this many fields when it opens. The target is the module.
    ///
    /// One static and one call: whatever stands in an annotated function, the compiler works on for
    /// each of them.
    #[must_use]
    #[track_caller]
    pub const fn new(
        this: &'static Self,
        name: &'static str,
        module: &'static str,
        level: Level,
        keys: &'static [&'static str],
        opening_fields: usize,
    ) -> Self {
        Self::with_target(this, name, module, module, level, keys, opening_fields)
    }

    /// [`new`](Self::new) with another target.
    #[must_use]
    #[track_caller]
    pub const fn with_target(
        this: &'static Self,
        name: &'static str,
        module: &'static str,
        target: &'static str,
        level: Level,
        keys: &'static [&'static str],
        opening_fields: usize,
    ) -> Self {
        let source = Location::caller();
        Self {
            registered: AtomicBool::new(false),
            interest: AtomicU8::new(SOMETIMES),
            verdict: AtomicU64::new(0),
            metadata: Metadata::new(
                name,
                target,
                level,
                Some(source.file()),
                Some(source.line()),
                Some(module),
                FieldSet::new(keys, Identifier(this)),
                metadata::Kind::SPAN,
            ),
            kind: Kind::Internal,
            opening_fields,
            name_values: &[],
            older: OlderNames::NONE,
            environment: false,
            log_ids: true,
            error_detail: ErrorDetail::Type,
            #[cfg(feature = "metrics")]
            measured: None,
            #[cfg(feature = "engine")]
            ratio: OwnRatio::Unsaid,
        }
    }

    /// The same site with a span of this kind.
    #[must_use]
    pub const fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same site, whose span is exported under the values of these numbers, those that are there.
    #[must_use]
    pub const fn named_by(mut self, values: &'static [usize]) -> Self {
        self.name_values = values;
        self
    }

    /// The same site, some of whose fields have older names in a part of the conventions.
    #[must_use]
    pub const fn with_older(mut self, category: &'static str, names: &'static [OlderName]) -> Self {
        self.older = OlderNames::new(category, names);
        self
    }

    /// The same site, with a parent from the environment where there is no other.
    #[must_use]
    pub const fn from_environment(mut self) -> Self {
        self.environment = true;
        self
    }

    /// The same site without ids in log lines.
    #[must_use]
    pub const fn without_log_ids(mut self) -> Self {
        self.log_ids = false;
        self
    }

    /// The same site, whose span shows this much of an error.
    #[must_use]
    pub const fn showing(mut self, error_detail: ErrorDetail) -> Self {
        self.error_detail = error_detail;
        self
    }

    /// The same site, with this part of the traces kept that start with its span: on the engine, and on no other.
    #[must_use]
    #[cfg_attr(
        not(feature = "engine"),
        expect(unused_mut, reason = "only the engine samples by it")
    )]
    pub const fn sampled(mut self, ratio: f64) -> Self {
        #[cfg(feature = "engine")]
        {
            self.ratio = OwnRatio::new(ratio);
        }
        let _ = ratio;
        self
    }

    /// The name to export the span under, where it is not the static one.
    pub(crate) fn exported_name<'a>(&self, values: &'a [AttributeValue<'a>]) -> Option<Name<'a>> {
        let name = Name {
            values,
            numbers: self.name_values,
        };
        name.words().next().is_some().then_some(name)
    }

    /// Whether values may make the name to export the span under.
    #[cfg(feature = "engine")]
    pub(crate) const fn has_exported_name(&self) -> bool {
        !self.name_values.is_empty()
    }

    pub(crate) const fn metadata(&'static self) -> &'static Metadata<'static> {
        &self.metadata
    }

    /// Whether a subscriber could want this span: two comparisons where there is none.
    #[inline]
    pub(crate) fn may_be_enabled(&self) -> bool {
        let level: &Level = self.metadata.level();
        *level <= STATIC_MAX_LEVEL && *level <= LevelFilter::current()
    }

    /// Whether a subscriber wants this span at times.
    pub(crate) fn is_of_interest(&'static self) -> bool {
        if !self.may_be_enabled() {
            return false;
        }
        // An engine and a scope are asked by themselves.
        #[cfg(feature = "engine")]
        if crate::engine::is_there() {
            return true;
        }
        self.interest() != NEVER || !current::realm().is_application()
    }

    /// Whether the current subscriber wants this span now.
    ///
    /// Ask directly before the span is made. Filters of single layers remember the answer for
    /// whatever comes next, and an event that comes between would be judged by it.
    pub(crate) fn is_enabled(&'static self) -> bool {
        if !self.may_be_enabled() {
            return false;
        }
        match self.interest() {
            NEVER => false,
            ALWAYS => true,
            _ => tracing::dispatcher::get_default(|dispatch| dispatch.enabled(&self.metadata)),
        }
    }

    fn interest(&'static self) -> u8 {
        if !self.registered.load(Ordering::Acquire) {
            self.register();
        }
        self.interest.load(Ordering::Acquire)
    }

    /// Makes the site known to all subscribers, once.
    #[cold]
    fn register(&'static self) {
        if !self.registered.swap(true, Ordering::AcqRel) {
            callsite::register(self);
        }
    }
}

const NEVER: u8 = 0;
const SOMETIMES: u8 = 1;
const ALWAYS: u8 = 2;

impl Callsite for SpanSite {
    fn set_interest(&self, interest: Interest) {
        let interest = if interest.is_never() {
            NEVER
        } else if interest.is_always() {
            ALWAYS
        } else {
            SOMETIMES
        };
        self.interest.store(interest, Ordering::Release);
        // What subscribers said before does not count any more.
        let change = |verdict: u64| Some((verdict & !VERDICT).wrapping_add(CHANGE));
        let _ = self
            .verdict
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, change);
    }

    fn metadata(&self) -> &Metadata<'_> {
        &self.metadata
    }
}

/// The bits of a verdict that are the number of the layer and its answer; above them changes are counted.
const VERDICT: u64 = CHANGE - 1;
const CHANGE: u64 = 1 << 40;

/// What the engine remembers here.
#[cfg(feature = "engine")]
impl SpanSite {
    /// Whether this is the metadata of a site.
    pub(crate) fn is_site(metadata: &Metadata<'_>) -> bool {
        metadata.is_span()
            && metadata
                .fields()
                .iter()
                .next()
                .is_some_and(|first| std::ptr::eq(first.name().as_ptr(), KIND_KEY.as_ptr()))
    }

    /// What the subscriber with this layer of an engine says.
    pub(crate) fn verdict_of(&self, layer: u64) -> Option<Verdict> {
        let verdict = self.verdict.load(Ordering::Acquire);
        let number = (verdict & VERDICT) >> u8::BITS;
        if number != layer {
            return None;
        }
        let [bits, ..] = verdict.to_le_bytes();
        Verdict::from_bits(bits)
    }

    /// A moment before a subscriber is asked, for [`remember`](Self::remember).
    pub(crate) fn moment(&'static self) -> u64 {
        if !self.registered.load(Ordering::Acquire) {
            self.register();
        }
        self.verdict.load(Ordering::Acquire)
    }

    /// Remembers what the subscriber with a layer said, unless that changed since the moment.
    pub(crate) fn remember(&self, moment: u64, layer: u64, verdict: Verdict) {
        let known = (layer << u8::BITS) | u64::from(verdict.to_bits());
        if known <= VERDICT {
            let now = (moment & !VERDICT) | known;
            let _ = self
                .verdict
                .compare_exchange(moment, now, Ordering::AcqRel, Ordering::Acquire);
        }
    }
}
