//! What the engine does for the span of a call: it begins before any value is read, writes values down while
//! the span is open, and ends it.
//!
//! The usual span finds its parent in the innermost frame of its thread and is wanted by nobody else. It begins
//! in one look at what the thread keeps, and ends in another.

use super::active::{Active, PANICKED};
use super::opening::{Begun, Inbound, Parent, new_span};
use super::outcome::Ended;
use super::site::{self, Site};
use super::value::{AttributeValue, OwnedValue};
use crate::current::{self, Frame, Mark, Origin, Thread, Token};
use crate::engine::{self, Adopted, Answer, Candidate, Sampling};

impl Active {
    /// The state of a call whose span may be wanted, with what came in: the engine of the current subscriber has begun
    /// with it, if there is one and it wants the span.
    pub(super) fn begun(site: &'static Site, inbound: Inbound) -> Box<Self> {
        let answer = engine::ask(site);
        let inbound = match answer {
            Answer::Wanted {
                engine,
                by_others: false,
                asked_each_time: false,
            } => match Self::begin_alone(site, engine, inbound) {
                Ok(active) => return active,
                Err(inbound) => inbound,
            },
            _ => inbound,
        };
        let mut active = Self::new(site);
        active.plan.wanted = true;
        active.plan.inbound = inbound;
        active.begin_as(answer);
        active
    }

    /// Lets the engine begin here with a span that opens later than it was called.
    pub(super) fn begin(&mut self) {
        if self.scope.is_some() {
            return self.begin_in_scope();
        }
        self.begin_as(engine::ask(self.site));
    }

    /// Lets the engine begin, if it wants the span: decides on the parent and on sampling.
    pub(super) fn begin_as(&mut self, answer: Answer) {
        let (engine, begun) = match answer {
            Answer::NoEngine => return,
            Answer::Unwanted { by_others } => {
                self.plan.wanted = by_others;
                return;
            }
            Answer::Wanted {
                engine,
                by_others: false,
                asked_each_time: false,
            } => (engine, Begun::Alone),
            Answer::Wanted { engine, .. } => (engine, Begun::Asking),
        };
        let at_once = current::with_thread(|thread| self.begin_at_once(thread, engine));
        if at_once == Some(true) || self.begin_anywhere(engine) {
            self.owned = true;
            self.plan.begun = begun;
            self.plan.wanted = begun == Begun::Asking || self.record.is_sampled();
        }
    }

    /// The usual span: its parent came in or is the innermost frame, and nobody else wants it. Where it is not
    /// usual, what came in comes back.
    fn begin_alone(
        site: &'static Site,
        engine: u64,
        inbound: Inbound,
    ) -> Result<Box<Self>, Inbound> {
        let mut inbound = Some(inbound);
        let begun = current::with_thread(|thread| {
            let mut active = thread.pool.take(site);
            active.plan.inbound = inbound.take().unwrap_or_default();
            if active.begin_at_once(thread, engine) {
                active.owned = true;
                active.plan.begun = Begun::Alone;
                active.plan.wanted = active.record.is_sampled();
                return Ok(active);
            }
            let inbound = std::mem::take(&mut active.plan.inbound);
            thread.pool.keep(active);
            Err(inbound)
        });
        begun.unwrap_or_else(|| Err(inbound.unwrap_or_default()))
    }

    /// The usual case, which needs no code but ours.
    fn begin_at_once(&mut self, thread: &mut Thread, engine: u64) -> bool {
        let Thread {
            stack,
            engine: local,
            ..
        } = thread;
        let Some((handle, generator)) = local.known(engine) else {
            return false;
        };
        let config = &handle.engine.config;
        if config.ids.is_some() || config.activates {
            return false;
        }
        let realm = handle.engine.realm();
        let parent = match (&self.plan.inbound, stack.innermost(realm)) {
            (Inbound::Context(context), _) => Some(context),
            (Inbound::Absent, Some((Some(frame), Mark::Nothing))) => match &frame.context {
                Some(context) => Some(context),
                // Baggage may be there, and what a root is linked to.
                None => return false,
            },
            (Inbound::Absent, None) if !self.site.options.environment => None,
            _ => return false,
        };
        self.frame.context =
            self.record
                .start(handle, Some(generator), parent, &self.site.options.ratio);
        if stack.has_sessions() {
            let session = stack.session(realm);
            self.record.add_session(session, self.site.metadata());
        }
        (self.frame.origin, self.frame.realm) = (Origin::Engine, realm);
        (self.frame.activates, self.frame.is_set) = (false, false);
        if self.record.rules().is_some() {
            self.ask_rules_early(&handle.engine.sampling);
        }
        self.frame.context.is_some()
    }

    /// Asks the rules before any value is read, if they need none.
    #[cold]
    #[inline(never)]
    fn ask_rules_early(&mut self, sampling: &Sampling) {
        let Some(rules) = self.record.rules() else {
            return;
        };
        let (attributes, names) = sampling.need(rules);
        if !(attributes && self.site.opening_fields > 0 || names && self.site.has_exported_name()) {
            self.ask_rules_of(sampling, &[]);
        }
    }

    /// Asks the rules when the values are read.
    #[cold]
    #[inline(never)]
    pub(super) fn ask_rules(&mut self, values: &[AttributeValue<'_>]) {
        if let Some(handle) = engine::handle_of(self.record.engine()) {
            self.ask_rules_of(&handle.engine.sampling, values);
        }
        self.late = self.late.take().filter(|_| self.record.is_sampled());
    }

    fn ask_rules_of(&mut self, sampling: &Sampling, values: &[AttributeValue<'_>]) {
        let Some(context) = self.frame.context.take() else {
            return;
        };
        let (metadata, site) = (self.site.metadata(), self.site);
        let span = Candidate {
            name: match site.exported_name(values) {
                Some(name) => name.value().to_string().into(),
                None => metadata.name().into(),
            },
            kind: site.options.kind,
            attribute: &|key| {
                let number = metadata.fields().field(key)?.index();
                let number = number.checked_sub(Site::FIELDS.len())?;
                let opening = values.get(..site.opening_fields).unwrap_or(values);
                match opening.get(number)? {
                    AttributeValue::Absent => None,
                    AttributeValue::Str(text) => Some((*text).into()),
                    value => Some(value.to_string().into()),
                }
            },
        };
        let context = self.record.ask_rules(sampling, context, &span);
        let context = self.record.ask_limit(sampling, context);
        self.record.decide();
        if self.frame.activates {
            self.otel = Some(crate::otel::active_here(&context, self.record.share()));
        }
        self.frame.context = Some(context);
    }

    /// All other cases.
    fn begin_anywhere(&mut self, engine: u64) -> bool {
        let Some(handle) = engine::handle_of(engine) else {
            return false;
        };
        let realm = handle.engine.realm();
        let ambient = current::ambient_in(realm);
        let (parent, baggage) = self.parent(&ambient);
        let (parent, link) = match parent {
            Parent::Current => (ambient.context, None),
            Parent::Given(context) => (Some(context), None),
            Parent::Root { link } => (None, link),
        };
        let Some(context) = engine::start(
            &mut self.record,
            &handle,
            parent.as_ref(),
            &self.site.options.ratio,
        ) else {
            return false;
        };
        let context = context.with_baggage(baggage);
        if let Some(link) = &link {
            self.record.link(link, &[]);
        }
        if current::has_sessions() {
            let session = current::session(realm);
            self.record
                .add_session(Some(&session), self.site.metadata());
        }
        let activates = handle.engine.config.activates;
        // Where rules are asked, this is made when they were.
        let asks = self.record.rules().is_some();
        let active = activates && !asks;
        self.otel = active.then(|| crate::otel::active_here(&context, self.record.share()));
        self.frame = Frame::new(Some(context), Origin::Engine).in_realm(realm);
        self.frame.activates = activates;
        if asks {
            self.ask_rules_early(&handle.engine.sampling);
        }
        true
    }

    /// Forgets that it began: it opens somewhere else, with the surroundings of the call.
    pub(super) fn begin_later(&mut self) {
        if self.plan.begun != Begun::Not {
            self.plan.wanted = true;
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.record.forget();
        (self.otel, self.owned, self.plan.begun) = (None, false, Begun::Not);
    }

    /// Nothing, where there is nothing to do.
    pub(super) fn or_nothing(self: Box<Self>) -> Option<Box<Self>> {
        let plan = &self.plan;
        let is_idle = !plan.wanted
            && plan.begun == Begun::Not
            && plan.ambience.is_none()
            && matches!(plan.inbound, Inbound::Absent);
        if is_idle {
            self.recycle();
            return None;
        }
        Some(self)
    }

    /// Opens a span that others may want too, or that has to be asked for each time.
    pub(super) fn open_beside(
        mut self: Box<Self>,
        values: &[AttributeValue<'_>],
        moved: bool,
    ) -> Option<Box<Self>> {
        let (is_wanted, is_wanted_here) = engine::is_enabled(self.site, self.record.engine());
        if is_wanted {
            // Also where nobody else wants it: filters of single layers wait for the span that they were asked for.
            let adopted = is_wanted_here.then(|| self.as_adopted()).flatten();
            self.span = engine::adopt(adopted, || new_span(self.site, values));
        }
        if is_wanted_here {
            self.record_opening(values);
            self.record_ids();
            return Some(self);
        }
        self.forget();
        if !is_wanted {
            return self.pass(values, moved);
        }
        let ambient = current::ambient();
        let (parent, baggage) = self.parent(&ambient);
        self.become_span(parent, ambient, baggage);
        self.record_ids();
        Some(self)
    }

    /// What the span of `tracing` beside it knows of it.
    fn as_adopted(&mut self) -> Option<Adopted> {
        Some(Adopted {
            context: self.frame.context.clone()?,
            inbox: self.record.share(),
            otel: self.otel.clone(),
        })
    }

    /// Writes the values that are there when the span opens.
    pub(super) fn record_opening(&mut self, values: &[AttributeValue<'_>]) {
        if self.plan.links.is_some() {
            self.record_links();
        }
        if !self.record.is_sampled() {
            return;
        }
        if let Some(name) = self.site.exported_name(values) {
            self.record.name_of(name.words());
        }
        let fields = values.get(..self.site.opening_fields).unwrap_or(values);
        self.record_fields(Site::FIELDS.len(), fields);
        self.record
            .tell_started(self.frame.context.as_ref(), self.site.metadata().name());
    }

    /// Writes values for the fields from `first` on.
    fn record_fields(&mut self, first: usize, values: &[AttributeValue<'_>]) {
        for (number, value) in values.iter().enumerate() {
            self.record.field(first + number, value);
        }
        if !self.site.options.older.is_empty() {
            let fields = self.site.metadata().fields();
            for (number, value) in self.site.options.older.of(fields, first, values) {
                self.record.field(number, &value.as_attribute());
            }
        }
    }

    /// Writes the values that were learned in the middle.
    pub(super) fn record_late(&mut self, values: &[(usize, OwnedValue)]) {
        for (number, value) in values {
            self.record_fields(Site::FIELDS.len() + number, &[value.borrow()]);
        }
    }

    /// Writes how the span ended.
    pub(super) fn record_ending(
        &mut self,
        ended: Ended,
        error_type: AttributeValue<'_>,
        description: Option<&str>,
    ) {
        self.record.outcome(ended);
        match ended {
            Ended::Completed | Ended::Cancelled => return,
            Ended::Failed => self
                .record
                .error(&AttributeValue::Str(description.unwrap_or_default())),
            Ended::Panicked => self.record.error(&AttributeValue::Str(PANICKED)),
        }
        self.record.field(site::ERROR_TYPE, &error_type);
    }

    /// Whether nothing has to be made current but the frame.
    pub(super) fn is_alone(&self) -> bool {
        self.span.is_none()
            && self.otel.is_none()
            && self.scope.is_none()
            && self.session.is_empty()
            && self.record.is_there()
            && self.frame.marks_nothing()
    }

    /// Whether the span ends without any code but ours.
    pub(super) fn is_of_engine_alone(&self) -> bool {
        self.record.is_there() && !self.record.tells() && self.span.is_none()
    }

    /// Leaves a span that is entered, and ends it as completed, in one look at the thread. `false` where there is
    /// more to do for it: then nothing was done.
    pub(super) fn complete_in_engine(token: Token) -> bool {
        current::with_thread(|thread| {
            let Thread {
                stack,
                pool,
                engine,
            } = thread;
            let Some(active) = stack.innermost_span(token) else {
                return false;
            };
            if active.late.is_some()
                || !active.is_of_engine_alone()
                || active.otel.is_some()
                || active.scope.is_some()
                || !active.session.is_empty()
            {
                return false;
            }
            if active.record.is_sampled() {
                let Some((handle, _)) = engine.known(active.record.engine()) else {
                    return false;
                };
                let Some(context) = &active.frame.context else {
                    return false;
                };
                active.record.outcome(Ended::Completed);
                active.record.stop();
                let head =
                    active
                        .record
                        .head(active.site.metadata(), active.site.options.kind, context);
                handle.push(head, active.record.body());
            }
            if let Some(mut active) = stack.pop_span() {
                // There is nothing else to reset.
                active.plan.reset();
                (active.owned, active.untrusted) = (false, false);
                active.frame.context = None;
                if active.record.recycle() {
                    pool.keep(active);
                }
            }
            true
        })
        .unwrap_or(false)
    }

    /// Hands the record to the engine, wherever this is.
    pub(super) fn end_record(&mut self) {
        let context = self.frame.context.as_ref();
        self.record
            .end(self.site.metadata(), self.site.options.kind, context);
    }
}
