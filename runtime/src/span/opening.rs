//! [`Opening`]: whether a span is wanted, and where its parent is.

use std::cell::Cell;
use std::fmt;

use super::active::{Active, Span, record, with_values};
use super::declared::SpanSite;
use super::late::{LateFields, LateOwner};
use super::running::Running;
use super::site::{self, Kind, Site};
use super::value::{AttributeValue, OwnedValue, Recordable};
use crate::baggage::Baggage;
use crate::carrier::{CarriesTrace, Extracted, InvalidCarrier};
use crate::context::TraceContext;
use crate::current::{self, Ambient, Frame, Origin};
use crate::links::Links;
use crate::task::TaskContext;
use crate::{env, warn};

/// A call whose span is about to open. Empty where nothing is to be done: nobody wants the span and
/// no context came in.
pub struct Opening(pub(super) Option<Box<Active>>);

/// What is to be done when the span of a call opens.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Whether the span may be made. Whether it is, is asked when everything else is known.
    pub(super) wanted: bool,
    pub(super) inbound: Inbound,
    pub(super) ambience: Option<Box<TaskContext>>,
    pub(super) links: Option<Box<Links>>,
    /// What is warned of when the span is there.
    pub(super) invalid: Option<(InvalidCarrier, warn::Source)>,
    /// What has already been done.
    pub(super) begun: Begun,
}

impl Plan {
    /// For the next call.
    pub(super) fn reset(&mut self) {
        self.wanted = false;
        self.inbound = Inbound::Absent;
        self.ambience = None;
        self.links = None;
        self.invalid = None;
        self.begun = Begun::Not;
    }
}

/// How far a span came before it opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Begun {
    /// The engine does not record it.
    #[default]
    Not,
    /// It has its context, and nobody else wants it.
    #[cfg(feature = "engine")]
    Alone,
    /// It has its context. Whether it is enabled has to be asked, and there is to be a span of `tracing` too.
    #[cfg(feature = "engine")]
    Asking,
    /// There is no span, and nothing that is passed on: the call is in a session or is measured, and that is all.
    Nowhere,
}

/// What came in with the call.
#[derive(Debug, Default)]
pub(super) enum Inbound {
    /// The span does not receive, or nothing came in.
    #[default]
    Absent,
    Context(TraceContext),
    BaggageOnly(Baggage),
    Invalid(InvalidCarrier, Baggage),
    /// Whatever it was, it is not to be believed.
    Untrusted,
    /// The span is the first of a trace, and this came in besides.
    Beside(Box<Self>),
}

impl Inbound {
    pub(super) fn of(found: Extracted, trusted: bool) -> Self {
        if found.is_absent() {
            return Self::Absent;
        }
        if !trusted {
            return Self::Untrusted;
        }
        match found.into_parts() {
            (Ok(Some(context)), _) => Self::Context(context),
            (Ok(None), baggage) if baggage.is_empty() => Self::Absent,
            (Ok(None), baggage) => Self::BaggageOnly(baggage),
            (Err(reason), baggage) => Self::Invalid(reason, baggage),
        }
    }
}

/// Where the parent of a span is.
pub(super) enum Parent {
    /// The subscriber finds it: the span that is current.
    Current,
    Given(TraceContext),
    Root {
        link: Option<TraceContext>,
    },
}

/// The surroundings of a call whose span opens later: those of the call and not those of the first
/// poll are its parent.
pub struct Ambience {
    site: &'static SpanSite,
    context: Option<Box<TaskContext>>,
}

impl Ambience {
    /// Reads the surroundings, where anybody could want them.
    #[must_use]
    pub fn read(site: &'static SpanSite) -> Self {
        Self {
            site,
            context: (site.may_be_enabled()
                || current::is_entered(current::realm())
                || has_session())
            .then(|| Box::new(TaskContext::for_opening())),
        }
    }
}

fn has_session() -> bool {
    !current::session(current::realm()).is_empty()
}

impl fmt::Debug for Ambience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ambience").finish_non_exhaustive()
    }
}

/// The values of a span that opens later.
#[derive(Debug, Default)]
pub struct OwnedValues(Vec<OwnedValue>);

impl OwnedValues {
    /// Copies the values.
    #[must_use]
    pub fn new(values: &[AttributeValue<'_>]) -> Self {
        Self(
            values
                .iter()
                .map(|value| OwnedValue::from(*value))
                .collect(),
        )
    }
}

impl Opening {
    /// A span that takes its parent from `carrier`.
    #[inline]
    #[must_use]
    pub fn receiving<C: CarriesTrace + ?Sized>(site: &'static SpanSite, carrier: &C) -> Self {
        Self::receiving_if(true, site, carrier)
    }

    /// The same, if `trusted`. Otherwise the span starts a new trace.
    #[inline]
    #[must_use]
    pub fn receiving_if<C: CarriesTrace + ?Sized>(
        trusted: bool,
        site: &'static SpanSite,
        carrier: &C,
    ) -> Self {
        if !site.may_be_enabled() && carrier.is_empty_carrier() {
            return Self(None);
        }
        Self::received(site, carrier.extract(), trusted)
    }

    #[inline(never)]
    fn received(site: &'static SpanSite, found: Extracted, trusted: bool) -> Self {
        let may_be_enabled = site.may_be_enabled();
        let site = site.site();
        let wanted = may_be_enabled && site.is_of_interest();
        if !wanted && found.is_absent() {
            return Self(None);
        }
        let inbound = Inbound::of(found, trusted);
        if wanted {
            return Self::begun(site, inbound);
        }
        let mut active = Active::new(site);
        active.plan.inbound = inbound;
        Self(Some(active))
    }

    /// A span that is the child of what is current.
    #[inline]
    #[must_use]
    pub fn starting(site: &'static SpanSite) -> Self {
        if !site.may_be_enabled() {
            return Self(None);
        }
        Self::started(site)
    }

    /// A span that may be enabled.
    #[inline(never)]
    fn started(site: &'static SpanSite) -> Self {
        let site = site.site();
        if !site.is_of_interest() {
            return Self(None);
        }
        Self::begun(site, Inbound::Absent)
    }

    /// That of a call with which something is to be done.
    #[cfg(feature = "engine")]
    pub(super) fn of(active: Box<Active>) -> Self {
        Self(Some(active))
    }

    /// A span that may be wanted, with which the engine has begun.
    pub(super) fn begun(site: &'static Site, inbound: Inbound) -> Self {
        #[cfg(feature = "engine")]
        return Self(Active::begun(site, inbound).or_nothing());
        #[cfg(not(feature = "engine"))]
        {
            let mut active = Active::new(site);
            active.plan.wanted = true;
            active.plan.inbound = inbound;
            Self(Some(active))
        }
    }

    /// The same span, opened as if in these surroundings. Without a span they are still those of what
    /// is polled: where a trace goes on does not depend on a level.
    #[must_use]
    pub fn within(self, Ambience { site, context }: Ambience) -> Self {
        let active = match self.0 {
            None if context.is_none() => None,
            None => {
                let mut active = Active::new(site.site());
                active.plan.ambience = context;
                Some(active)
            }
            Some(mut active) => {
                active.plan.ambience = context;
                #[cfg(feature = "engine")]
                active.begin_later();
                Some(active)
            }
        };
        Self(active)
    }

    /// Whether what came in is not to be believed.
    #[must_use]
    pub fn is_untrusted(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|active| matches!(active.plan.inbound, Inbound::Untrusted))
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the values of the fields are wanted.
    #[inline]
    #[must_use]
    pub fn wants_fields(&self) -> bool {
        self.0.as_ref().is_some_and(|active| active.plan.wanted)
    }

    /// Makes the late fields of the call, where its span is wanted.
    #[must_use]
    pub fn late_fields(mut self) -> (Self, LateFields) {
        let is_wanted = |active: &&mut Box<Active>| active.plan.wanted || active.late.is_some();
        let Some(active) = self.0.as_mut().filter(is_wanted) else {
            return (self, LateFields::NONE);
        };
        // It is measured.
        if let Some(late) = &active.late {
            let fields = late.fields();
            return (self, fields);
        }
        let (owner, fields) = LateOwner::new(
            #[cfg(feature = "metrics")]
            None,
        );
        active.late = Some(owner);
        (self, fields)
    }

    /// Opens the span with the values of its fields, which may be missing where they are not
    /// [wanted](Self::wants_fields).
    #[inline]
    #[must_use]
    pub fn open(self, values: &[AttributeValue<'_>]) -> Span {
        match self.0 {
            None => Span(None),
            Some(active) => Span(active.open_in_place(values)),
        }
    }

    /// [`open`](Self::open) for values that were copied.
    #[must_use]
    pub fn open_owned(self, values: &OwnedValues) -> Span {
        let values: Vec<_> = values.0.iter().map(OwnedValue::borrow).collect();
        self.open_measured(&values)
    }
}

/// The short way for a span that is the child of what is current, in place of [`Opening::starting`].
impl Span {
    /// No span.
    #[inline]
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Starts a span without fields, if it is wanted.
    #[inline]
    #[must_use]
    pub fn start(site: &'static SpanSite) -> Self {
        if !site.may_be_enabled() {
            return Self::none();
        }
        Self::started(site)
    }

    #[inline(never)]
    fn started(site: &'static SpanSite) -> Self {
        Opening::starting(site).open(&[])
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

impl Active {
    #[inline(never)]
    pub(super) fn open_in_place(
        mut self: Box<Self>,
        values: &[AttributeValue<'_>],
    ) -> Option<Box<Self>> {
        #[cfg(feature = "engine")]
        if self.plan.begun == Begun::Alone && self.plan.invalid.is_none() {
            if self.record.rules().is_some() {
                self.ask_rules(values);
            }
            self.record_opening(values);
            return Some(self);
        }
        if !current::is_possible() {
            return None;
        }
        self.untrusted = matches!(self.plan.inbound, Inbound::Untrusted);
        let mut active = match self.plan.ambience.take() {
            Some(ambience) => {
                self.join_later(&ambience);
                ambience.run(|| self.open_moved(values))
            }
            None => self.open(values, false),
        }?;
        let is_recorded = !active.span.is_disabled();
        #[cfg(feature = "engine")]
        let is_recorded = is_recorded || active.record.is_sampled();
        active.late = active.late.take().filter(|_| is_recorded);
        if let Some(late) = &active.late {
            late.open(active.site, &active.span);
        }
        let Some((reason, source)) = active.plan.invalid.take() else {
            return Some(active);
        };
        let site = active.site;
        let mut running = Running::enter(active);
        warn::invalid_carrier(site, reason, source, values);
        running.leave()
    }

    /// Opens in surroundings that are those of the call, and current only here.
    #[cfg_attr(
        not(feature = "engine"),
        expect(unused_mut, reason = "only the engine begins here")
    )]
    fn open_moved(mut self: Box<Self>, values: &[AttributeValue<'_>]) -> Option<Box<Self>> {
        let session = self.session.clone();
        let _entered = session.enter_in(self.realm());
        #[cfg(feature = "engine")]
        if self.plan.wanted {
            self.begin();
        }
        self.open(values, true)
    }

    /// Opens the span; `moved` says that the call was elsewhere.
    fn open(mut self: Box<Self>, values: &[AttributeValue<'_>], moved: bool) -> Option<Box<Self>> {
        #[cfg(feature = "engine")]
        if self.record.rules().is_some() {
            self.ask_rules(values);
        }
        #[cfg(feature = "engine")]
        match self.plan.begun {
            Begun::Alone => {
                self.record_opening(values);
                return Some(self);
            }
            Begun::Asking => return self.open_beside(values, moved),
            Begun::Not => {}
            // It does not open.
            Begun::Nowhere => return Some(self),
        }
        if !self.plan.wanted || !self.site.is_enabled() {
            return self.pass(values, moved);
        }
        let site = self.site;
        let ambient = current::ambient();
        let (parent, baggage) = self.parent(&ambient);
        self.span = make_span(site, &parent, &baggage, values);
        self.become_span(parent, ambient, baggage);
        self.record_ids();
        Some(self)
    }

    /// Decides on the parent: the carrier, else what is current, else the environment, else none.
    pub(super) fn parent(&mut self, ambient: &Ambient) -> (Parent, Baggage) {
        let mut baggage = ambient.baggage();
        let invalid = &mut self.plan.invalid;
        match &self.plan.inbound {
            Inbound::Context(context) => {
                return (Parent::Given(context.clone()), context.baggage().clone());
            }
            Inbound::Untrusted => return (Parent::Root { link: None }, Baggage::new()),
            Inbound::Beside(_) => return self.no_parent(ambient),
            Inbound::Invalid(reason, received) => {
                *invalid = Some((*reason, warn::Source::Carrier));
                if !received.is_empty() {
                    baggage = received.clone();
                }
            }
            Inbound::BaggageOnly(received) => baggage = received.clone(),
            Inbound::Absent => {}
        }
        let parent = match (&ambient.origin, &ambient.context) {
            (Origin::Detached(link), _) => Parent::Root {
                link: link.as_deref().cloned(),
            },
            (Origin::Passed, Some(context)) => Parent::Given(context.clone()),
            (origin @ (Origin::Span | Origin::Outside), None)
                if self.site.options.environment && invalid.is_none() =>
            {
                let inherited = env::inherited();
                *invalid = inherited
                    .error()
                    .map(|reason| (reason, warn::Source::Environment));
                if baggage.is_empty() {
                    baggage = inherited.baggage().clone();
                }
                match inherited.context() {
                    Some(context) => Parent::Given(context.clone()),
                    None if *origin == Origin::Outside => Parent::Root { link: None },
                    None => Parent::Current,
                }
            }
            (Origin::Passed | Origin::Outside, _) => Parent::Root { link: None },
            (Origin::Span, _) => Parent::Current,
            // The subscriber may be another one than that of the engine.
            #[cfg(feature = "engine")]
            (Origin::Engine, context) => match context {
                Some(context) => Parent::Given(context.clone()),
                None => Parent::Current,
            },
        };
        (parent, baggage)
    }

    /// Passes on what came in, without a span.
    pub(super) fn pass(
        mut self: Box<Self>,
        values: &[AttributeValue<'_>],
        moved: bool,
    ) -> Option<Box<Self>> {
        // Without a span nothing is the first of a trace.
        self.plan.inbound.put_first();
        let inbound = std::mem::take(&mut self.plan.inbound);
        let realm = self.realm();
        // A scope is entered also where nothing is passed on.
        #[cfg(feature = "engine")]
        let moved = moved || self.scope.is_some();
        let beside_baggage = |received: Baggage| {
            if received.is_empty() && !moved {
                return None;
            }
            let ambient = current::ambient_in(realm);
            let baggage = if received.is_empty() {
                ambient.baggage()
            } else {
                received
            };
            let origin = match ambient.context {
                Some(_) => Origin::Passed,
                None => ambient.origin,
            };
            Some(Frame::new(ambient.context, origin).with_baggage(baggage))
        };
        let frame = match inbound {
            Inbound::Context(context) => Some(Frame::new(Some(context), Origin::Passed)),
            Inbound::Untrusted => Some(Frame::new(None, Origin::Passed)),
            Inbound::BaggageOnly(baggage) => beside_baggage(baggage),
            Inbound::Absent | Inbound::Beside(_) => beside_baggage(Baggage::new()),
            Inbound::Invalid(reason, baggage) => {
                warn::invalid_carrier(self.site, reason, warn::Source::Carrier, values);
                beside_baggage(baggage)
            }
        };
        let Some(frame) = frame else {
            return self.in_session_alone(realm);
        };
        // What is current for OpenTelemetry inside of a scope is the application's.
        #[cfg(feature = "otel")]
        if realm.is_application() {
            self.otel = Some(match &frame.context {
                Some(context) => crate::otel::to_context(context),
                None => crate::otel::root_context(&frame.baggage),
            });
        }
        self.late = None;
        self.frame = frame.in_realm(realm);
        Some(self)
    }
}

/// Makes the `tracing` span with its parent.
fn make_span(
    site: &'static Site,
    parent: &Parent,
    baggage: &Baggage,
    values: &[AttributeValue<'_>],
) -> tracing::Span {
    #[cfg(feature = "otel")]
    match parent {
        Parent::Current => new_span(site, values),
        Parent::Given(context) => span_below(crate::otel::to_context(context), site, values),
        Parent::Root { .. } => span_below(crate::otel::root_context(baggage), site, values),
    }
    #[cfg(not(feature = "otel"))]
    {
        let _ = (parent, baggage);
        new_span(site, values)
    }
}

/// The parent is both current while the span is made and set on it: the first works behind wrappers
/// that hide the layer, the second where the layer does not look at the current context.
#[cfg(feature = "otel")]
fn span_below(
    parent: opentelemetry::Context,
    site: &'static Site,
    values: &[AttributeValue<'_>],
) -> tracing::Span {
    let attached = parent.clone().attach();
    let span = new_span(site, values);
    drop(attached);
    crate::otel::set_parent(&span, parent);
    span
}

/// What subscribers keep for a thread, which is there from the first span on and gone before the thread is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subscribers {
    Unused,
    Used,
    Gone,
}

/// Made directly after the first span of the thread, and so destroyed before what that has made.
struct AfterTheFirst;

impl Drop for AfterTheFirst {
    fn drop(&mut self) {
        SUBSCRIBERS.set(Subscribers::Gone);
    }
}

thread_local! {
    static SUBSCRIBERS: Cell<Subscribers> = const { Cell::new(Subscribers::Unused) };
    static AFTER_THE_FIRST: AfterTheFirst = const { AfterTheFirst };
}

/// A span of `tracing`; none in the destructors of a thread where the registry would panic.
pub(super) fn new_span(site: &'static Site, values: &[AttributeValue<'_>]) -> tracing::Span {
    const { assert!(site::OTEL_KIND == 0) };
    let subscribers = SUBSCRIBERS.get();
    if subscribers == Subscribers::Gone {
        return tracing::Span::none();
    }
    let kind = match site.options.kind {
        Kind::Internal => Recordable::Absent,
        kind => Recordable::Str(kind.as_str()),
    };
    let later = (1..Site::FIELDS.len()).map(|_| Recordable::Absent);
    let fields = values.get(..site.opening_fields).unwrap_or(values);
    let name = site.exported_name(values);
    let recordable: Vec<_> = std::iter::once(kind)
        .chain(later)
        .chain(fields.iter().map(|value| Recordable::from(*value)))
        .chain(name.as_ref().map(|name| Recordable::text(name.value())))
        .collect();
    let metadata = site.metadata();
    let older = site
        .options
        .older
        .of(metadata.fields(), Site::FIELDS.len(), fields);
    let span = with_values(metadata.fields().len(), 0, &recordable, &older, |all| {
        tracing::Span::new(metadata, &metadata.fields().value_set_all(all))
    });
    if subscribers == Subscribers::Unused && AFTER_THE_FIRST.try_with(|_| ()).is_ok() {
        SUBSCRIBERS.set(Subscribers::Used);
    }
    span
}

impl Active {
    /// Takes the context of a span that was just made.
    pub(super) fn become_span(&mut self, parent: Parent, ambient: Ambient, baggage: Baggage) {
        #[cfg(feature = "otel")]
        if let Some(otel) = crate::otel::started(&self.span) {
            let context = crate::otel::from_context(&otel);
            if let Parent::Root { link: Some(link) } = &parent {
                crate::otel::link(&otel, link, &[]);
            }
            self.otel = Some(otel);
            self.owned = true;
            self.frame = Frame::new(context, Origin::Span).with_baggage(baggage);
            if self.plan.links.is_some() {
                self.give_links();
            }
            if !self.session.is_empty() || current::has_sessions() {
                self.give_session();
            }
            return;
        }
        // Nobody gives this span ids: what was received is what is sent on, also to those who ask
        // OpenTelemetry.
        let parent = self.parent_without_ids(parent, &ambient);
        #[cfg(feature = "otel")]
        {
            self.otel = match &parent {
                Parent::Current => ambient.context.as_ref().map(crate::otel::to_context),
                Parent::Given(context) => Some(crate::otel::to_context(context)),
                Parent::Root { .. } => Some(crate::otel::root_context(&baggage)),
            };
        }
        let (context, origin) = match parent {
            Parent::Current => (ambient.context, ambient.origin),
            Parent::Given(context) => (Some(context), Origin::Passed),
            Parent::Root { link: None } => (None, Origin::Passed),
            Parent::Root { link } => (None, Origin::Detached(link.map(Box::new))),
        };
        self.frame = Frame::new(context, origin).with_baggage(baggage);
    }

    /// Shows the ids in log lines.
    pub(super) fn record_ids(&self) {
        if self.span.is_disabled() {
            return;
        }
        let Some(context) = &self.frame.context else {
            return;
        };
        if !self.site.options.log_ids {
            return;
        }
        let span_id = context.span_id();
        const { assert!(site::SPAN_ID == site::TRACE_ID + 1) };
        record(
            self.site,
            &self.span,
            site::TRACE_ID,
            &[
                AttributeValue::Display(&context.trace_id()),
                if self.owned {
                    AttributeValue::Display(&span_id)
                } else {
                    AttributeValue::Absent
                },
            ],
        );
    }
}
