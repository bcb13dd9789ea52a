//! Spans with links: what the option `links` adds to an [`Opening`], and what becomes of it where the span opens.

use super::active::Active;
#[cfg(feature = "engine")]
use super::opening::Begun;
use super::opening::{Inbound, Opening, Parent};
use crate::baggage::Baggage;
use crate::current::Ambient;
use crate::links::{Links, SpanLinks};
use crate::warn;

impl Opening {
    /// Whether the span may be made, so that its links have to be known.
    #[inline]
    #[must_use]
    pub fn wants_links(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|active| active.plan.wanted || active.has_begun())
    }

    /// The same span with these links.
    #[must_use]
    pub fn linked<L: SpanLinks + ?Sized>(mut self, links: &L) -> Self {
        let Some(active) = &mut self.0 else {
            return self;
        };
        let starts_trace = links.starts_trace();
        if starts_trace {
            active.start_trace();
        }
        // A span that is not sampled has no links, and may have somebody who waits for its context.
        if active.plan.wanted || starts_trace {
            let mut all = Links::default();
            links.add_to(&mut all);
            active.link(all);
        }
        self
    }
}

impl Active {
    /// Whether the engine has decided on the parent.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine needs it")
    )]
    const fn has_begun(&self) -> bool {
        #[cfg(feature = "engine")]
        return !matches!(self.plan.begun, Begun::Not);
        #[cfg(not(feature = "engine"))]
        false
    }

    /// Makes the span the first of a trace.
    fn start_trace(&mut self) {
        self.plan.inbound = match std::mem::take(&mut self.plan.inbound) {
            // It is that already, and what came in is not to be linked to.
            Inbound::Untrusted => return,
            inbound => Inbound::Beside(Box::new(inbound)),
        };
        #[cfg(feature = "engine")]
        if self.has_begun() {
            self.begin_later();
            self.begin();
        }
    }

    fn link(&mut self, mut links: Links) {
        if self.has_begun() {
            self.warn_of(&mut links);
        }
        if !links.is_empty() {
            self.plan.links = Some(Box::new(links));
        }
    }

    /// Lets it be warned of what is no context. Not before the parent is decided: an invalid one there has other
    /// consequences, and is warned of first.
    fn warn_of(&mut self, links: &mut Links) {
        if let Some(reason) = links.take_invalid() {
            let invalid = &mut self.plan.invalid;
            invalid.get_or_insert((reason, warn::Source::Carrier));
        }
    }

    /// The parent of a span that is the first of a trace: none, and what came in is linked.
    pub(super) fn no_parent(&mut self, ambient: &Ambient) -> (Parent, Baggage) {
        let link = match self.plan.inbound.put_first() {
            Inbound::Context(context) => Some(context.clone()),
            _ => None,
        };
        let (parent, baggage) = self.parent(ambient);
        let inbound = std::mem::take(&mut self.plan.inbound);
        self.plan.inbound = Inbound::Beside(Box::new(inbound));
        let link = match parent {
            Parent::Root { link } => link,
            Parent::Current | Parent::Given(_) => link,
        };
        (Parent::Root { link }, baggage)
    }

    /// The parent of a span to which nobody gave ids: without them nothing is the first of a trace.
    pub(super) fn parent_without_ids(&mut self, parent: Parent, ambient: &Ambient) -> Parent {
        if matches!(self.plan.inbound, Inbound::Beside(_)) {
            self.plan.inbound.put_first();
            return self.parent(ambient).0;
        }
        parent
    }

    /// Gives the links to the span of OpenTelemetry, which is open now.
    #[cfg(feature = "otel")]
    #[cold]
    #[inline(never)]
    pub(super) fn give_links(&mut self) {
        let (Some(links), Some(otel)) = (self.take_links(), &self.otel) else {
            return;
        };
        for link in links.of_realm(self.frame.realm) {
            crate::otel::link(otel, &link.to, &link.attributes);
        }
    }

    /// Writes the links into the record of the span, which is open now.
    #[cfg(feature = "engine")]
    #[cold]
    #[inline(never)]
    pub(super) fn record_links(&mut self) {
        let Some(links) = self.take_links() else {
            return;
        };
        for link in links.of_realm(self.frame.realm) {
            self.record.link(&link.to, &link.attributes);
        }
        self.record.drop_links(links.dropped());
    }

    #[cfg(feature = "otel")]
    fn take_links(&mut self) -> Option<Box<Links>> {
        let mut links = self.plan.links.take()?;
        self.warn_of(&mut links);
        if let Some(context) = &self.frame.context {
            links.open(context, self.frame.realm);
        }
        Some(links)
    }
}

impl Inbound {
    /// Puts what came in, in the place of what says that it is no parent.
    pub(super) fn put_first(&mut self) -> &Self {
        if let Self::Beside(inbound) = self {
            *self = std::mem::take(inbound);
        }
        self
    }
}
