//! Calls whose duration is a metric: what the option `conventions` adds to an [`Opening`].
//!
//! A call that is measured has a state also where it has no span. Without anything that could be current it is kept beside the
//! thread's stack, and still told how the call ends.

use super::active::{Active, Span};
use super::declared::SpanSite;
use super::late::LateFields;
use super::opening::{Begun, Opening};
use super::running::Finish;
#[cfg(feature = "metrics")]
use super::site::Site;
use super::value::AttributeValue;

#[cfg(feature = "metrics")]
use super::late::LateOwner;
#[cfg(feature = "metrics")]
use crate::metrics::{self, Measure};

/// A duration of the semantic conventions, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationMetric {
    /// `rpc.server.call.duration`
    RpcServer,
    /// `rpc.client.call.duration`
    RpcClient,
    /// `http.server.request.duration`
    HttpServer,
    /// `http.client.request.duration`
    HttpClient,
    /// `messaging.process.duration`
    MessagingProcess,
    /// `messaging.client.operation.duration`
    MessagingClient,
    /// `db.client.operation.duration`
    DbClient,
}

#[cfg(feature = "metrics")]
impl DurationMetric {
    pub(crate) const COUNT: usize = Self::DbClient as usize + 1;
}

/// What a site says about the metric of its function.
#[cfg(feature = "metrics")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) duration: DurationMetric,
    /// The keys of the span that are attributes of the metric too.
    pub(crate) keys: &'static [&'static str],
}

impl Opening {
    /// The same call, measured if there are metrics.
    #[inline]
    #[must_use]
    pub fn measured(self, site: &'static SpanSite) -> Self {
        #[cfg(feature = "metrics")]
        if metrics::is_there() {
            return self.measured_at(site.site());
        }
        let _ = site;
        self
    }

    /// What takes the values for the metric that are learned at the end of the call.
    #[inline]
    #[must_use]
    pub fn measured_fields(&self) -> LateFields {
        #[cfg(feature = "metrics")]
        if let Some(active) = &self.0
            && let Some(late) = &active.late
        {
            return late.fields();
        }
        LateFields::NONE
    }

    /// Whether the values that the metric needs are wanted.
    #[inline]
    #[must_use]
    pub fn is_measured(&self) -> bool {
        #[cfg(feature = "metrics")]
        if let Some(active) = &self.0 {
            return active.late.as_ref().is_some_and(LateOwner::is_measured);
        }
        false
    }

    /// [`open`](Self::open) for a call that may be measured.
    #[inline]
    #[must_use]
    pub fn open_measured(self, values: &[AttributeValue<'_>]) -> Span {
        #[cfg(feature = "metrics")]
        if self.is_measured() {
            return self.opened_measured(values);
        }
        self.open(values)
    }
}

#[cfg(feature = "metrics")]
impl Opening {
    #[inline(never)]
    fn measured_at(self, site: &'static Site) -> Self {
        let Some(measure) = Measure::new(site) else {
            return self;
        };
        let mut active = self.0.unwrap_or_else(|| Active::new(site));
        active.late = Some(LateOwner::new(Some(measure)).0);
        Self(Some(active))
    }

    /// The late fields are kept aside: without a span of their own they would end here, and the metric needs them.
    #[inline(never)]
    fn opened_measured(self, values: &[AttributeValue<'_>]) -> Span {
        let Some(mut active) = self.0 else {
            return Span::none();
        };
        let (site, wanted) = (active.site, active.plan.wanted);
        let late = active.late.take();
        if let Some(late) = &late {
            late.begin_measure(values);
        }
        let values = if wanted { values } else { &[] };
        let opened = active.open_in_place(values);
        let mut active = opened.unwrap_or_else(|| Active::nowhere(site));
        if let Some(late) = &late {
            late.open(site, &active.span);
        }
        active.late = late;
        Span(Some(active))
    }
}

#[cfg(feature = "metrics")]
impl Active {
    /// The state of a call with which nothing becomes current.
    fn nowhere(site: &'static Site) -> Box<Self> {
        let mut active = Self::new(site);
        active.plan.begun = Begun::Nowhere;
        active
    }
}

impl Active {
    /// Whether the call is in a session or is measured, and that is all.
    pub(super) fn is_nowhere(&self) -> bool {
        self.plan.begun == Begun::Nowhere
    }
}

impl Finish<'_> {
    /// [`record`](Self::record) for a call that may be measured.
    pub fn record_measured(
        &mut self,
        late: &LateFields,
        first: usize,
        values: &[AttributeValue<'_>],
    ) {
        #[cfg(feature = "metrics")]
        late.measure(first, values);
        let _ = late;
        self.record(first, values);
    }
}
