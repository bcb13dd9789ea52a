//! [`Site`]: what does not change between the spans of an annotated function.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use tracing::Metadata;
use tracing::callsite;
use tracing::subscriber::Interest;

use super::declared::{SpanOptions, SpanSite};
use super::value::AttributeValue;
use crate::current;
#[cfg(feature = "engine")]
use crate::engine::Verdict;
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

/// What is known about the spans of an annotated function, from its first call on that may be wanted.
#[derive(Debug)]
pub(crate) struct Site {
    declared: &'static SpanSite,
    metadata: Metadata<'static>,
    registered: AtomicBool,
    /// The interest of all subscribers together, as `tracing` told it.
    interest: AtomicU8,
    /// What an engine's subscriber said: the number of changes of the interest, the number of the engine's layer
    /// there, and the answer.
    verdict: AtomicU64,
    /// Number of fields that are recorded when the span opens; the others come later.
    pub(crate) opening_fields: usize,
    pub(crate) options: SpanOptions,
}

impl Site {
    /// The first key of a site, which has to be this constant.
    const KIND_KEY: &'static str = match std::str::from_utf8(&KIND_KEY) {
        Ok(key) => key,
        Err(_) => panic!("the key is text"),
    };

    /// The keys that the list of a site begins with.
    pub(crate) const FIELDS: [&'static str; 5] = [
        Self::KIND_KEY,
        semconv::TRACE_ID,
        semconv::SPAN_ID,
        semconv::OUTCOME,
        semconv::ERROR_TYPE,
    ];

    pub(super) fn new(
        declared: &'static SpanSite,
        metadata: Metadata<'static>,
        opening_fields: usize,
        options: SpanOptions,
    ) -> Self {
        Self {
            declared,
            metadata,
            registered: AtomicBool::new(false),
            interest: AtomicU8::new(SOMETIMES),
            verdict: AtomicU64::new(0),
            opening_fields,
            options,
        }
    }

    /// The name to export the span under, where it is not the static one.
    pub(crate) fn exported_name<'a>(&self, values: &'a [AttributeValue<'a>]) -> Option<Name<'a>> {
        let name = Name {
            values,
            numbers: self.options.name_values,
        };
        name.words().next().is_some().then_some(name)
    }

    /// Whether values may make the name to export the span under.
    #[cfg(feature = "engine")]
    pub(crate) const fn has_exported_name(&self) -> bool {
        !self.options.name_values.is_empty()
    }

    pub(crate) const fn metadata(&'static self) -> &'static Metadata<'static> {
        &self.metadata
    }

    /// Whether a subscriber wants this span at times, where it [may be enabled](SpanSite::may_be_enabled).
    pub(crate) fn is_of_interest(&'static self) -> bool {
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
        if !self.declared.may_be_enabled() {
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
            callsite::register(self.declared);
        }
    }
}

const NEVER: u8 = 0;
const SOMETIMES: u8 = 1;
const ALWAYS: u8 = 2;

impl Site {
    /// Takes what all subscribers together say.
    pub(super) fn set_interest(&self, interest: &Interest) {
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
}

/// The bits of a verdict that are the number of the layer and its answer; above them changes are counted.
const VERDICT: u64 = CHANGE - 1;
const CHANGE: u64 = 1 << 40;

/// What the engine remembers here.
#[cfg(feature = "engine")]
impl Site {
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
