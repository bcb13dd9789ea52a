//! [`Record`]: an open span of the engine, whoever made it.

use std::borrow::Cow;
use std::sync::Arc;

use tracing::Metadata;

use super::body::{Body, Value};
use super::chunk::Head;
use super::clock::Ticks;
use super::config::Limits;
use super::ids::Generator;
use super::inbox::Inbox;
use super::items::Item;
use super::local::{self, Handle};
use super::sampling::{self, Candidate, LimitNumber, OwnRatio, RulesNumber, Sampling};
use crate::context::TraceContext;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::otel::Note;
use crate::session::SessionTelemetry;
use crate::span::{AttributeValue, Ended, Kind, OwnedValue};

/// The most bytes of a body that is kept for the next span.
const LARGEST_SPARE: usize = 4 << 10;

/// What is known of a span until it ends.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something of its own"
)]
pub(crate) struct Record {
    /// The number of the engine; 0 where there is no record.
    engine: u64,
    /// Whether anything is written down.
    sampled: bool,
    /// Whether somebody wants to know at once.
    tells: bool,
    parent: Option<SpanId>,
    parent_is_remote: bool,
    start: Ticks,
    end: Ticks,
    limits: Limits,
    body: Body,
    /// What others say about the span; it is kept for the next one.
    inbox: Option<Arc<Inbox>>,
    /// Whether it is written down although it is not sampled, because that may change.
    doubtful: bool,
    /// The rules that are asked when the values are known with which the span opens.
    rules: Option<RulesNumber>,
    limit: Limit,
}

/// What a limit has to do with a span.
#[derive(Clone, Copy, Debug, Default)]
enum Limit {
    #[default]
    None,
    /// It is asked when the decision stands.
    Asked(LimitNumber),
    /// It has let the span through.
    Admitted(LimitNumber),
}

impl Limit {
    fn of(number: Option<LimitNumber>) -> Self {
        number.map_or(Self::None, Self::Asked)
    }
}

impl Record {
    /// Starts a span: decides whether it is sampled, and gives it its context, with all that travels along with
    /// the parent; `own` is what its attribute says of that. The generator is not needed where the application brought its own. `None` where no id can be
    /// had.
    #[inline]
    pub(crate) fn start(
        &mut self,
        handle: &Handle,
        generator: Option<&mut Generator>,
        parent: Option<&TraceContext>,
        own: &OwnRatio,
    ) -> Option<TraceContext> {
        match handle.engine.sampling.usual(parent, own) {
            Some(sampled) => self.begin(handle, generator, parent, sampled),
            None => self.begin_asking(handle, generator, parent, own),
        }
    }

    /// The same, once it is known whether it is sampled.
    #[expect(
        clippy::inline_always,
        reason = "it is what every span takes, and called it takes 30 instructions more"
    )]
    #[inline(always)]
    fn begin(
        &mut self,
        handle: &Handle,
        mut generator: Option<&mut Generator>,
        parent: Option<&TraceContext>,
        sampled: bool,
    ) -> Option<TraceContext> {
        let config = &handle.engine.config;
        // What is not recorded needs no time, and its id is as good without.
        let start = if sampled {
            Ticks::now()
        } else {
            Ticks::default()
        };
        let span_id = match (&config.ids, &mut generator) {
            (Some(ids), _) => SpanId::from_bytes(ids.new_span_id().to_bytes())?,
            (None, Some(generator)) => generator.span_id(start),
            (None, None) => return None,
        };
        let context = if let Some(parent) = parent {
            let flags = parent.flags().with_meaning();
            parent.child(span_id, flags.with_sampled(sampled))
        } else {
            let (trace_id, flags) = match (&config.ids, generator) {
                (Some(ids), _) => {
                    let id = TraceId::from_bytes(ids.new_trace_id().to_bytes())?;
                    (id, TraceFlags::default())
                }
                (None, Some(generator)) => (generator.trace_id(start), TraceFlags::RANDOM),
                (None, None) => return None,
            };
            TraceContext::new(trace_id, span_id, flags.with_sampled(sampled))
        };
        self.engine = handle.engine.number;
        self.sampled = sampled;
        self.tells = self.sampled && handle.engine.immediate.is_some();
        self.parent = parent.map(TraceContext::span_id);
        self.parent_is_remote = parent.is_some_and(TraceContext::is_remote);
        self.start = start;
        self.limits = config.limits;
        Some(context)
    }

    /// The same where the sampler takes more than a look.
    #[cold]
    #[inline(never)]
    fn begin_asking(
        &mut self,
        handle: &Handle,
        generator: Option<&mut Generator>,
        parent: Option<&TraceContext>,
        own: &OwnRatio,
    ) -> Option<TraceContext> {
        let sampling = &handle.engine.sampling;
        let mut context = self.begin(handle, generator, parent, true)?;
        let decision = if let Some(parent) = parent {
            sampling.below(parent)
        } else {
            if !context.flags().is_random() && sampling.needs_randomness(own) {
                context = sampling::with_randomness(context, local::random_number());
            }
            sampling.root(&context, own)
        };
        (self.sampled, self.limit) = (decision.sampled, Limit::of(decision.limit));
        self.rules = sampling.rules_for(parent);
        if self.rules.is_some() {
            self.write_until_decided();
        }
        self.tells &= self.sampled;
        Some(decision.applied_to(context))
    }

    /// The rules that are to be asked, if any.
    #[inline]
    pub(crate) const fn rules(&self) -> Option<RulesNumber> {
        self.rules
    }

    /// Asks the rules about this span, which nobody has seen yet, and gives it the context that follows. The decision
    /// does not stand yet.
    #[cold]
    pub(crate) fn ask_rules(
        &mut self,
        sampling: &Sampling,
        context: TraceContext,
        span: &Candidate<'_>,
    ) -> TraceContext {
        let rules = self.rules.take();
        match rules.and_then(|rules| sampling.by_rules(rules, &context, span)) {
            None => context,
            Some(decision) => {
                (self.doubtful, self.limit) = (!decision.sampled, Limit::of(decision.limit));
                decision.applied_to(context)
            }
        }
    }

    /// Asks the limit, if there is one, and gives the span the context that follows. The decision is about to stand: what
    /// is asked before would count a trace that others decide about.
    #[cold]
    #[inline(never)]
    pub(crate) fn ask_limit(&mut self, sampling: &Sampling, context: TraceContext) -> TraceContext {
        let Limit::Asked(limit) = self.limit else {
            return context;
        };
        if sampling.admits(limit) {
            self.limit = Limit::Admitted(limit);
            return context;
        }
        (self.doubtful, self.limit) = (true, Limit::None);
        context.into_sampled(false)
    }

    /// Forgets that it began, and what it took of a limit.
    #[cold]
    #[inline(never)]
    pub(crate) fn forget(&mut self) {
        if let Limit::Admitted(limit) = self.limit
            && let Some(handle) = local::handle_of(self.engine)
        {
            handle.engine.sampling.give_back(limit);
        }
        self.clear();
    }

    /// The same for a span of others.
    pub(crate) fn ask_limit_of_others(&mut self, context: &mut TraceContext) {
        if let Limit::Asked(_) = self.limit
            && let Some(handle) = local::handle_of(self.engine)
        {
            *context = self.ask_limit(&handle.engine.sampling, context.clone());
        }
    }

    /// Asks the rules about a span of others, whose values are written down.
    pub(crate) fn ask_rules_by_body(
        &mut self,
        context: TraceContext,
        metadata: &'static Metadata<'static>,
        kind: Kind,
    ) -> TraceContext {
        if self.rules.is_none() {
            return context;
        }
        let Some(handle) = local::handle_of(self.engine) else {
            return context;
        };
        // What is asked may not change it.
        let body = std::mem::take(&mut self.body);
        let span = Candidate {
            name: body
                .items()
                .fold(Cow::Borrowed(metadata.name()), |name, item| match item {
                    Item::Name(name) => Cow::Borrowed(name),
                    _ => name,
                }),
            kind,
            attribute: &|key| {
                let number = metadata.fields().field(key)?.index();
                body.items().find_map(|item| match item {
                    Item::Field(field, value) if field == number => value.text(),
                    _ => None,
                })
            },
        };
        let context = self.ask_rules(&handle.engine.sampling, context, &span);
        drop(span);
        self.body = body;
        context
    }

    /// Starts the span anew below another parent, before anybody has seen its context, which `old` is. Its id and
    /// what was written stay. `None` where the engine is gone.
    pub(crate) fn start_below(
        &mut self,
        old: &TraceContext,
        parent: Option<&TraceContext>,
        (metadata, kind): (&'static Metadata<'static>, Kind),
    ) -> Option<TraceContext> {
        let handle = local::handle_of(self.engine)?;
        let start = self.start;
        (self.doubtful, self.rules, self.limit) = (false, None, Limit::None);
        let new = local::start(self, &handle, parent, &OwnRatio::Unsaid)?;
        self.start = start;
        self.write_until_decided();
        let context = new.child(old.span_id(), new.flags());
        Some(self.ask_rules_by_body(context, metadata, kind))
    }

    /// Writes everything down for now: the parent may still change, and with it the decision to sample.
    pub(crate) fn write_until_decided(&mut self) {
        self.doubtful |= !self.sampled;
        self.sampled = true;
        if self.start == Ticks::default() {
            self.start = Ticks::now();
        }
    }

    /// The decision to sample stands.
    pub(crate) fn decide(&mut self) {
        if self.doubtful {
            (self.sampled, self.doubtful, self.tells) = (false, false, false);
            self.body.clear();
        }
    }

    /// Where others say something about this span, as long as it is open. `None` where nothing is written down.
    pub(crate) fn share(&mut self) -> Option<Arc<Inbox>> {
        if !self.sampled {
            return None;
        }
        if !self.inbox.as_ref().is_some_and(|inbox| inbox.is_open()) {
            match self.inbox.as_mut().and_then(Arc::get_mut) {
                Some(unused) => unused.reopen(self.engine, self.limits),
                None => self.inbox = Some(Arc::new(Inbox::new(self.engine, self.limits))),
            }
        }
        self.inbox.clone()
    }

    /// Takes what others have said until now.
    fn take_in(&mut self) {
        if let Some(inbox) = &self.inbox {
            inbox.empty_into(&mut self.body);
        }
    }

    /// Says something about the span.
    pub(crate) fn note(&mut self, note: &Note) {
        if self.sampled {
            self.take_in();
            note.write(&mut self.body, &self.limits);
        }
    }

    /// Tells who wants to know at once that the span started, under `name` unless it has another already.
    pub(crate) fn tell_started(&self, context: Option<&TraceContext>, name: &str) {
        if self.tells
            && let Some(context) = context
            && let Some(handle) = local::handle_of(self.engine)
            && let Some(immediate) = &handle.engine.immediate
        {
            let names = self.body.items().filter_map(|item| match item {
                Item::Name(name) => Some(name),
                _ => None,
            });
            immediate.started(context, names.last().unwrap_or(name));
        }
    }

    /// Whether somebody wants to know at once what becomes of the span.
    pub(crate) const fn tells(&self) -> bool {
        self.tells
    }

    pub(crate) const fn is_there(&self) -> bool {
        self.engine != 0
    }

    /// Whether anything is written down.
    pub(crate) const fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// The number of the engine; 0 where there is no record.
    pub(crate) const fn engine(&self) -> u64 {
        self.engine
    }

    pub(crate) fn outcome(&mut self, ended: Ended) {
        if self.sampled {
            self.body.outcome(ended);
        }
    }

    pub(crate) fn name_of<'a>(&mut self, words: impl Iterator<Item = AttributeValue<'a>>) {
        if self.sampled {
            self.body.name_of(words);
        }
    }

    pub(crate) fn field(&mut self, number: usize, value: &AttributeValue<'_>) {
        if self.sampled {
            self.take_in();
            self.body.field(&self.limits, number, value);
        }
    }

    /// Writes the attributes of a session that are none of the span's own.
    #[inline(never)]
    pub(crate) fn add_session(
        &mut self,
        session: Option<&SessionTelemetry>,
        metadata: &Metadata<'_>,
    ) {
        let Some(session) = session.filter(|_| self.sampled) else {
            return;
        };
        self.take_in();
        for (key, value) in session.beside(metadata.fields()) {
            let value = Value::One(value.borrow());
            self.body.attribute(&self.limits, key, value);
        }
    }

    pub(crate) fn link(&mut self, to: &TraceContext, attributes: &[(&'static str, OwnedValue)]) {
        if self.sampled {
            self.take_in();
            if self.body.link(&self.limits, to) {
                for (key, value) in attributes {
                    let value = Value::One(value.borrow());
                    self.body.attribute(&self.limits, key, value);
                }
                self.body.end();
            }
        }
    }

    /// Counts links that were dropped before they came here.
    pub(crate) fn drop_links(&mut self, number: u32) {
        if self.sampled {
            self.body.drop_links(number);
        }
    }

    pub(crate) fn error(&mut self, description: &AttributeValue<'_>) {
        if self.sampled {
            self.take_in();
            self.body.error(description);
        }
    }

    /// Takes over what was written elsewhere for this span.
    pub(crate) fn append(&mut self, body: &Body) {
        if self.sampled {
            self.take_in();
            self.body.append(&self.limits, body);
        }
    }

    /// Uses a body that was written already.
    /// What is written, while the record is with whoever starts it.
    pub(crate) const fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Notes that the span ends now.
    pub(crate) fn stop(&mut self) {
        if self.sampled {
            if let Some(inbox) = &self.inbox {
                inbox.close_into(&mut self.body);
            }
            self.end = Ticks::now();
        }
    }

    /// The part of the span that every span has, once it [stopped](Self::stop).
    pub(crate) fn head(
        &self,
        metadata: &'static Metadata<'static>,
        kind: Kind,
        context: &TraceContext,
    ) -> Head {
        Head {
            metadata,
            kind,
            // Baggage is not a part of a span, and is not kept waiting.
            context: context.without_baggage(),
            parent: self.parent,
            parent_is_remote: self.parent_is_remote,
            start: self.start,
            end: self.end,
        }
    }

    pub(crate) const fn body(&self) -> &Body {
        &self.body
    }

    /// Hands the span to the engine, and ends it if it did not [stop](Self::stop). There is no record
    /// afterwards.
    pub(crate) fn end(
        &mut self,
        metadata: &'static Metadata<'static>,
        kind: Kind,
        context: Option<&TraceContext>,
    ) {
        self.decide();
        if self.end == Ticks::default() {
            self.stop();
        }
        if self.sampled
            && let Some(context) = context
            && let Some(handle) = local::handle_of(self.engine)
        {
            handle.push(self.head(metadata, kind, context), &self.body);
        }
        self.clear();
    }

    /// For the next span.
    pub(crate) fn clear(&mut self) {
        (self.engine, self.sampled, self.tells) = (0, false, false);
        (self.doubtful, self.rules, self.limit) = (false, None, Limit::None);
        self.end = Ticks::default();
        self.body.clear();
        if let Some(inbox) = &self.inbox {
            inbox.close();
        }
    }

    /// The same, and whether it is small enough to be kept.
    pub(crate) fn recycle(&mut self) -> bool {
        self.clear();
        self.body.capacity() <= LARGEST_SPARE
    }
}
