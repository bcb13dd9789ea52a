//! [`Frame`]: the context that an entry of the stack stands for, and where it comes from.

use crate::baggage::Baggage;
use crate::context::TraceContext;

/// Whose tracing it is: the application's, or that of an installed scope. What is current in one is not current in
/// any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Realm(u64);

impl Realm {
    pub(crate) const APPLICATION: Self = Self(0);

    /// That of the scope whose engine has this number.
    #[cfg(feature = "engine")]
    pub(crate) const fn of_scope(engine: u64) -> Self {
        Self(engine)
    }

    pub(crate) const fn is_application(self) -> bool {
        self.0 == Self::APPLICATION.0
    }
}

/// What a span of ours, or a task that was spawned from one, makes current.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) context: Option<TraceContext>,
    /// Baggage that came without a context, or that is to be kept where there is none.
    pub(crate) baggage: Baggage,
    pub(crate) origin: Origin,
    pub(crate) realm: Realm,
    /// Whether entering a span makes its context OpenTelemetry's current one, as was seen when the
    /// span of this frame was entered.
    #[cfg(feature = "otel")]
    pub(crate) activates: bool,
    /// Where a span that runs elsewhere takes what is said here: in a task, the span that started it.
    #[cfg(feature = "engine")]
    pub(crate) inbox: Option<std::sync::Arc<crate::engine::Inbox>>,
    /// Whether baggage was set here, which then counts in the spans of others inside, whenever they are entered.
    #[cfg(feature = "engine")]
    pub(crate) is_set: bool,
}

/// Where the context of a frame comes from, which decides how a span inside finds its parent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Origin {
    /// A span that the subscriber knows: it finds the parent by itself.
    Span,
    /// A span of the engine, which sees every span that can be inside.
    #[cfg(feature = "engine")]
    Engine,
    /// A context without a span here: it has to be given to the subscriber as a remote parent.
    Passed,
    /// A task from outside every trace: what starts inside is a root, whatever is current on the
    /// thread that polls it.
    Outside,
    /// Work that was detached: what starts inside is a root, linked to this context.
    Detached(Option<Box<TraceContext>>),
}

impl Frame {
    pub(crate) const fn new(context: Option<TraceContext>, origin: Origin) -> Self {
        Self {
            context,
            baggage: Baggage::new(),
            origin,
            realm: Realm::APPLICATION,
            #[cfg(feature = "otel")]
            activates: false,
            #[cfg(feature = "engine")]
            inbox: None,
            #[cfg(feature = "engine")]
            is_set: false,
        }
    }

    pub(crate) const fn in_realm(mut self, realm: Realm) -> Self {
        self.realm = realm;
        self
    }

    pub(crate) fn with_baggage(mut self, baggage: Baggage) -> Self {
        self.set_baggage(baggage);
        self
    }

    pub(crate) fn set_baggage(&mut self, baggage: Baggage) {
        match self.context.take() {
            Some(context) => self.context = Some(context.with_baggage(baggage)),
            None => self.baggage = baggage,
        }
    }

    /// Takes over baggage that was set in the frame around this one, in the same trace.
    #[cfg(feature = "engine")]
    pub(crate) fn inherit_baggage(&mut self, around: &Self) {
        let trace_id = |frame: &Self| frame.context.as_ref().map(TraceContext::trace_id);
        if around.is_set && trace_id(around) == trace_id(self) {
            self.set_baggage(around.baggage().clone());
            self.is_set = true;
        }
    }

    #[cfg(feature = "otel")]
    pub(crate) fn baggage(&self) -> &Baggage {
        self.context
            .as_ref()
            .map_or(&self.baggage, TraceContext::baggage)
    }

    /// Whether whatever others do inside needs no mark.
    #[cfg(feature = "engine")]
    pub(crate) const fn marks_nothing(&self) -> bool {
        self.is_of_engine() && !self.activates || !self.realm.is_application()
    }

    #[cfg(not(feature = "engine"))]
    #[expect(clippy::unused_self, reason = "that of the engine asks it")]
    pub(crate) const fn marks_nothing(&self) -> bool {
        false
    }

    /// Whether it is one of the engine.
    #[cfg(feature = "engine")]
    pub(crate) const fn is_of_engine(&self) -> bool {
        matches!(self.origin, Origin::Engine)
    }
}
