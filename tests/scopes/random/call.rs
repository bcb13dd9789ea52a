//! Where a program is, by the model, and what a span that opens there is expected to be.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::{SpanId, TraceId};
use tracing::Span;
use tracing_relay::{TraceCarrier, current_context};

use super::application::is_current;
use super::checker::{Expected, Ids, Realm};
use super::draw::Draw;
use super::run::World;
use super::steps;

/// Spans that a part of a program has.
pub(crate) type Handed = Arc<Mutex<Vec<Span>>>;

/// Where a program is.
#[derive(Clone)]
pub(crate) struct Here {
    pub(crate) realm: Realm,
    /// The innermost span of the scope.
    own: Option<Ids>,
    /// The innermost span of the application, which is around the scope.
    pub(crate) application: Option<Ids>,
    /// The number of that span.
    pub(crate) at: i64,
    /// The innermost span of the OpenTelemetry API inside of the scope.
    pub(crate) api: Option<Ids>,
    /// What a root is linked to, in the scope and in the application.
    link: Option<Ids>,
    application_link: Option<Ids>,
    /// A context that was captured in this operation.
    pub(crate) carrier: Option<(Realm, TraceCarrier, Ids)>,
    /// Spans of the application that are dropped anywhere.
    pub(crate) handed: Handed,
    pub(crate) depth: u32,
    /// Whether something around catches a panic.
    pub(crate) catches: bool,
    /// Whether the thread is blocked by what runs here, so that no task may be awaited.
    pub(crate) blocks: bool,
}

impl Here {
    /// Where nothing is current.
    pub(crate) fn nowhere() -> Self {
        Self {
            realm: Realm::Application,
            own: None,
            application: None,
            at: 0,
            api: None,
            link: None,
            application_link: None,
            carrier: None,
            handed: Handed::default(),
            depth: 0,
            catches: false,
            blocks: false,
        }
    }

    /// The parent of a span that opens here.
    pub(crate) fn inner(&self) -> Option<Ids> {
        match self.realm {
            Realm::Application => self.application,
            _ => self.own,
        }
    }

    pub(crate) fn link(&self) -> Option<Ids> {
        match self.realm {
            Realm::Application => self.application_link,
            _ => self.link,
        }
    }

    pub(crate) fn deeper(mut self) -> Self {
        self.depth += 1;
        self
    }

    /// In a span of what is current.
    pub(crate) fn in_span(mut self, ids: Ids, number: i64) -> Self {
        if self.realm == Realm::Application {
            (self.application, self.at, self.application_link) = (Some(ids), number, None);
        } else {
            (self.own, self.link) = (Some(ids), None);
        }
        self
    }

    /// In another scope.
    pub(crate) fn in_scope(mut self, realm: Realm) -> Self {
        if self.realm != realm {
            (self.realm, self.own, self.api, self.link) = (realm, None, None, None);
        }
        self
    }

    pub(crate) fn outside(mut self) -> Self {
        self.realm = Realm::Application;
        (self.own, self.api, self.link) = (None, None, None);
        self
    }

    pub(crate) fn detached(mut self) -> Self {
        self.link = self.own.take();
        self.application_link = self.application.take();
        (self.at, self.api) = (0, None);
        self
    }

    /// In a task or on a thread of its own.
    pub(crate) fn elsewhere(mut self) -> Self {
        self.catches = false;
        self.blocks = false;
        self
    }
}

/// What opens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Opens {
    Span,
    Operation(Realm),
    /// An operation that is tried again, with the span of the attempt before.
    Attempt(Realm, Option<(Realm, Ids)>),
    /// An operation of the scope that is current, which continues what was captured.
    Continues(Ids),
}

/// A function that is called, and what it is expected to be.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a Arc<World>,
    pub(crate) here: Here,
    pub(crate) draw: &'a mut Draw,
    number: i64,
    opens: Opens,
    /// How it was with the scope before the call.
    before: u64,
    entered: Arc<Mutex<Option<(Realm, Ids)>>>,
}

pub(crate) fn current_ids() -> Option<Ids> {
    let context = current_context()?;
    Some(Ids {
        trace: TraceId::from_bytes(context.trace_id().to_bytes()),
        span: SpanId::from_bytes(context.span_id().to_bytes()),
    })
}

impl<'a> Call<'a> {
    /// A call, with the number of its span.
    pub(crate) fn new(
        world: &'a Arc<World>,
        here: Here,
        draw: &'a mut Draw,
        opens: Opens,
    ) -> (i64, Self) {
        let number = world.checker.number();
        let before = match opens {
            Opens::Operation(realm) | Opens::Attempt(realm, _) => {
                world.state(realm).load(Ordering::SeqCst)
            }
            _ => 0,
        };
        let call = Self {
            world,
            here,
            draw,
            number,
            opens,
            before,
            entered: Arc::default(),
        };
        (number, call)
    }

    /// Where the span will have been opened, if that is known.
    pub(crate) fn entered(&self) -> Arc<Mutex<Option<(Realm, Ids)>>> {
        Arc::clone(&self.entered)
    }

    /// The span is open, and this is inside of it: tells the checker, and returns where it is. None where that cannot be
    /// known.
    fn enter(&self) -> Option<Here> {
        let Self { world, here, .. } = self;
        let Some(ids) = current_ids() else {
            let (number, opens) = (self.number, self.opens);
            world
                .checker
                .mistake(|| format!("nothing is current in {number}, {opens:?}"));
            return None;
        };
        let below = match self.opens {
            Opens::Span | Opens::Continues(_) => Some(here.clone()),
            Opens::Operation(realm) | Opens::Attempt(realm, _) => self.realm_of(realm, ids),
        };
        let parent = match (&below, self.opens) {
            (_, Opens::Continues(ids)) => Some(ids),
            (None, _) | (_, Opens::Attempt(..)) => None,
            (Some(below), _) => below.inner(),
        };
        let before = match (&below, self.opens) {
            (Some(below), Opens::Attempt(_, Some((realm, ids)))) => {
                (below.realm == realm).then_some(ids)
            }
            (None, Opens::Attempt(_, before)) => before.map(|(_, ids)| ids),
            _ => None,
        };
        let expected = Expected {
            realm: below.as_ref().map(|below| below.realm),
            ids,
            parent,
            links: [below.as_ref().unwrap_or(here).link(), before],
        };
        world.checker.expect(self.number, expected);
        let below = below?;
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        *entered = Some((below.realm, ids));
        if is_current() != (below.realm == Realm::Application) {
            let realm = below.realm;
            world
                .checker
                .mistake(|| format!("the subscriber in {realm:?} is another one"));
        }
        Some(below.in_span(ids, self.number).deeper())
    }

    /// Where an operation of a scope is: there, if the scope is installed.
    fn realm_of(&self, scope: Realm, ids: Ids) -> Option<Here> {
        let Self { world, here, .. } = self;
        if here.realm == scope {
            return Some(here.clone());
        }
        let entered = here.clone().in_scope(scope);
        if let Some(is_installed) = world.is_certainly_installed(scope, self.before) {
            return Some(if is_installed { entered } else { here.clone() });
        }
        // It was just changing: one or the other.
        if here.realm == Realm::Application {
            return Some(if is_current() { here.clone() } else { entered });
        }
        let inner = here.inner()?;
        if matches!(self.opens, Opens::Attempt(..)) {
            // It has a trace of its own, wherever it is.
            return None;
        }
        Some(if inner.trace == ids.trace {
            here.clone()
        } else {
            entered
        })
    }

    /// Goes on inside.
    pub(crate) async fn go(self) {
        if let Some(here) = self.enter() {
            steps::block(self.world, here, self.draw).await;
        }
    }

    /// Goes on inside, without anything that is awaited.
    pub(crate) fn go_sync(self) {
        if let Some(here) = self.enter() {
            steps::sync_block(self.world, &here, self.draw);
        }
    }
}
