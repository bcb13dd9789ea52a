//! The operations of a component, which run in its [`TraceScope`] where that is installed.
//!
//! Each function here is the one of [`Opening`] or [`Span`] of the same name with the scope: where nobody has installed
//! that, one look at it is all that is added.

use super::active::{Active, Span};
use super::declared::SpanSite;
#[cfg(feature = "engine")]
use super::opening::Inbound;
use super::opening::Opening;
use super::value::FieldValue;
use crate::carrier::CarriesTrace;
use crate::current::{self, Realm};
use crate::scope::TraceScope;
#[cfg(feature = "engine")]
use crate::scope::{ScopeSubscriber, realm_of};

impl Span {
    /// [`start`](Self::start).
    #[inline]
    #[must_use]
    pub fn start_in(scope: &'static TraceScope, site: &'static SpanSite) -> Self {
        #[cfg(feature = "engine")]
        if scope.is_installed() {
            return Opening::started_in(scope, site).open(&[]);
        }
        let _ = scope;
        Self::start(site)
    }

    /// [`start_reading`](Self::start_reading).
    #[inline]
    #[must_use]
    pub fn start_reading_in(
        scope: &'static TraceScope,
        site: &'static SpanSite,
        values: &[&dyn FieldValue],
    ) -> Self {
        #[cfg(feature = "engine")]
        if scope.is_installed() {
            return Self::read(Opening::started_in(scope, site), values);
        }
        let _ = scope;
        Self::start_reading(site, values)
    }
}

impl Opening {
    /// [`starting`](Self::starting).
    #[inline]
    #[must_use]
    pub fn starting_in(scope: &'static TraceScope, site: &'static SpanSite) -> Self {
        #[cfg(feature = "engine")]
        if scope.is_installed() {
            return Self::started_in(scope, site);
        }
        let _ = scope;
        Self::starting(site)
    }

    /// [`receiving`](Self::receiving).
    #[inline]
    #[must_use]
    pub fn receiving_in<C: CarriesTrace + ?Sized>(
        scope: &'static TraceScope,
        site: &'static SpanSite,
        carrier: &C,
    ) -> Self {
        Self::receiving_if_in(true, scope, site, carrier)
    }

    /// [`receiving_if`](Self::receiving_if).
    #[inline]
    #[must_use]
    pub fn receiving_if_in<C: CarriesTrace + ?Sized>(
        trusted: bool,
        scope: &'static TraceScope,
        site: &'static SpanSite,
        carrier: &C,
    ) -> Self {
        #[cfg(feature = "engine")]
        if scope.is_installed() {
            return Self::in_scope(scope, site, Inbound::of(carrier.extract(), trusted));
        }
        let _ = scope;
        Self::receiving_if(trusted, site, carrier)
    }

    #[cfg(feature = "engine")]
    #[inline(never)]
    fn started_in(scope: &'static TraceScope, site: &'static SpanSite) -> Self {
        Self::in_scope(scope, site, Inbound::Absent)
    }

    /// A call that enters a scope, also where its span is not wanted.
    #[cfg(feature = "engine")]
    fn in_scope(scope: &'static TraceScope, site: &'static SpanSite, inbound: Inbound) -> Self {
        let site = site.site();
        let Some(dispatch) = scope.dispatch() else {
            // It was uninstalled a moment ago, or nothing is to be traced.
            return Self::begun(site, inbound);
        };
        let mut active = Active::new(site);
        active.plan.inbound = inbound;
        active.scope = Some(dispatch);
        active.begin();
        Self::of(active)
    }
}

#[cfg(feature = "engine")]
impl Active {
    /// Lets the engine of the scope begin, if it wants the span.
    pub(super) fn begin_in_scope(&mut self) {
        let metadata = self.site.metadata();
        let scope = self.scope.as_ref().and_then(ScopeSubscriber::of);
        let answer = scope.map(|scope| scope.answer(metadata));
        self.plan.wanted = false;
        if let Some(answer) = answer {
            self.begin_as(answer);
        }
    }
}

impl Active {
    /// The realm of the call.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine needs it")
    )]
    pub(super) fn realm(&self) -> Realm {
        #[cfg(feature = "engine")]
        if let Some(scope) = &self.scope {
            return realm_of(scope);
        }
        current::realm()
    }
}
