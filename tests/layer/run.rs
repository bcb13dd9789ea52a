//! Runs a [plan](crate::plan) on a pipeline, and writes down what the spans were told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, Waker};

use tracing::span::EnteredSpan;
use tracing::{Instrument as _, Level, event, span};
use tracing_relay::testing::Traces;
use tracing_relay::{
    SpanId, TraceCarrier, TraceContext, current_context, request_span, task, traced,
};

use crate::plan::{
    CONTEXTS, Carried, End, Event, EventLevel, FutureKind, Key, Number, Place, Step, Steps, Val,
};
use crate::values::{Recorded, with_value};

/// The name of the callsites of spans of `tracing`.
pub(crate) const THEIRS: &str = "theirs";

/// Stands for the outside of work that is detached.
const NOTHING: Number = -1;

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a span was told about its status, name and kind, in order.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// Directly.
    OfSpan(Number, Key, Val),
    /// By an event, which is on the span that is exported with it.
    OfEvent(Event),
    /// A span of `tracing` starts in work that was detached from this one.
    Detached(Number, SpanId),
    /// The function of the span ended.
    Ended(Number, End),
}

/// What the steps share.
pub(crate) struct World {
    traces: Traces,
    /// Whether the pipeline activates contexts.
    activates: bool,
    spans: Mutex<BTreeMap<Number, tracing::Span>>,
    /// With the spans of `tracing` that they are instrumented with.
    futures: Mutex<BTreeMap<Number, (Option<Number>, Running)>>,
    said: Mutex<Vec<Said>>,
}

#[derive(Debug)]
pub(crate) struct Failed;

thread_local! {
    /// The spans that are entered on this thread.
    static ENTERED: RefCell<Vec<Number>> = const { RefCell::new(Vec::new()) };
    /// What the work on this thread was detached from, if it was.
    static DETACHED: Cell<Detached> = const { Cell::new(Detached::Not) };
}

/// Whether this is work that was detached, outside of each span that it started. The reference takes what is current
/// around it for what is current in it: for events, and where it does not activate contexts for spans too.
fn is_left_out() -> bool {
    DETACHED.get() != Detached::Not && current_context().is_none()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Detached {
    Not,
    FromNothing,
    From(SpanId),
}

/// Runs a program to its end, when no span is open any more.
pub(crate) fn run(steps: &Steps, traces: &Traces, activates: bool) -> Vec<Said> {
    let world = Arc::new(World {
        traces: traces.clone(),
        activates,
        spans: Mutex::default(),
        futures: Mutex::default(),
        said: Mutex::default(),
    });
    world.run(steps);
    while let Some((_, future)) = take(&world.futures, BTreeMap::pop_first) {
        drop(future);
    }
    while let Some((_, span)) = take(&world.spans, BTreeMap::pop_first) {
        drop(span);
    }
    take(&world.said, std::mem::take)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes something out, so that it is used and dropped when nothing is locked.
fn take<T, R>(mutex: &Mutex<T>, f: impl FnOnce(&mut T) -> R) -> R {
    f(&mut lock(mutex))
}

#[traced(name = "call", fields(number = number))]
fn call(number: Number, steps: &Steps, end: End, world: &Arc<World>) -> Result<(), Failed> {
    world.run_inside(number, steps);
    world.end(number, end)
}

#[request_span(name = "handle", carrier = carrier, fields(number = number))]
fn handle(
    carrier: TraceCarrier,
    number: Number,
    steps: &Steps,
    end: End,
    world: &Arc<World>,
) -> Result<(), Failed> {
    let _ = carrier;
    world.run_inside(number, steps);
    world.end(number, end)
}

#[traced(name = "future", fields(number = number))]
async fn future(
    number: Number,
    parts: Vec<Steps>,
    end: End,
    world: Arc<World>,
) -> Result<(), Failed> {
    parts_of(parts, Some(number), world.clone()).await;
    world.end(number, end)
}

async fn parts_of(parts: Vec<Steps>, inside: Option<Number>, world: Arc<World>) {
    for part in &parts {
        match inside {
            Some(number) => world.run_inside(number, part),
            None => world.run(part),
        }
        let mut paused = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut paused, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

/// Without the hook, which would write to the output of the tests.
fn quietly<R>(f: impl FnOnce() -> R) {
    let _ = catch_unwind(AssertUnwindSafe(f));
}

/// A span that is entered until this is dropped, and listed as such.
struct Entered {
    _span: EnteredSpan,
    _listed: Listed,
}

impl Entered {
    fn new(number: Number, span: tracing::Span) -> Self {
        Self {
            _span: span.entered(),
            _listed: Listed::new(number),
        }
    }
}

struct Listed(Number);

impl Listed {
    fn new(number: Number) -> Self {
        ENTERED.with_borrow_mut(|entered| entered.push(number));
        Self(number)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        ENTERED.with_borrow_mut(|entered| {
            if let Some(at) = entered.iter().rposition(|entered| *entered == self.0) {
                entered.remove(at);
            }
        });
    }
}

/// Whether the innermost span is entered a second time with another between: `tracing` then says that the other
/// one is current, and OpenTelemetry that it is the innermost.
fn is_ambiguous() -> bool {
    ENTERED.with_borrow(|entered| {
        entered.split_last().is_some_and(|(innermost, rest)| {
            rest.iter()
                .rev()
                .skip_while(|below| *below == innermost)
                .any(|below| below == innermost)
        })
    })
}

macro_rules! new_span {
    ($place:expr, $world:expr, $level:expr, $($fields:tt)*) => {
        match $place {
            Place::Here => span!($level, THEIRS, $($fields)*),
            Place::Root => span!(parent: None, $level, THEIRS, $($fields)*),
            Place::Below(parent) => match $world.span(parent) {
                Some(parent) => span!(parent: &parent, $level, THEIRS, $($fields)*),
                None => return,
            },
        }
    };
}

macro_rules! new_event {
    ($place:expr, $world:expr, $level:expr, $($fields:tt)*) => {
        match $place {
            Place::Here => event!($level, $($fields)*),
            Place::Root => event!(parent: None, $level, $($fields)*),
            Place::Below(parent) => match $world.span(parent) {
                Some(parent) => event!(parent: &parent, $level, $($fields)*),
                None => return,
            },
        }
    };
}

impl World {
    fn span(&self, number: Number) -> Option<tracing::Span> {
        take(&self.spans, |spans| spans.get(&number).cloned())
    }

    fn say(&self, said: Said) {
        lock(&self.said).push(said);
    }

    fn end(&self, number: Number, end: End) -> Result<(), Failed> {
        self.say(Said::Ended(number, end));
        match end {
            End::Completes => Ok(()),
            End::Fails => Err(Failed),
            End::Panics => resume_unwind(Box::new(())),
        }
    }

    /// Runs steps one after the other; what they entered is left at the end, in the order of entering.
    fn run(self: &Arc<Self>, steps: &Steps) {
        let mut entered = Vec::new();
        for step in steps {
            self.step(step, &mut entered);
        }
    }

    /// Where nothing activates contexts, the reference does not see a span that is entered a second time.
    fn may_enter(&self, number: Number) -> bool {
        self.activates || ENTERED.with_borrow(|entered| !entered.contains(&number))
    }

    /// Runs steps inside a span that is entered already.
    fn run_inside(self: &Arc<Self>, number: Number, steps: &Steps) {
        let _listed = Listed::new(number);
        self.run(steps);
    }

    fn step(self: &Arc<Self>, step: &Step, entered: &mut Vec<Entered>) {
        match step {
            Step::New {
                number,
                place,
                quiet,
                fields,
            } => self.new_span(*number, *place, *quiet, fields),
            Step::Record(number, key, value) => {
                if let Some(span) = self.span(*number) {
                    self.say(Said::OfSpan(*number, *key, *value));
                    with_value(value, |value| {
                        span.record(key.name(), value);
                    });
                }
            }
            Step::RecordUndeclared(number) => {
                if let Some(span) = self.span(*number) {
                    span.record("undeclared", true);
                }
            }
            Step::Event(event) => self.event(event),
            Step::Follows(number, followed) => {
                if let (Some(span), Some(followed)) = (self.span(*number), self.span(*followed)) {
                    span.follows_from(&followed);
                }
            }
            Step::Enter(number) => {
                if let Some(span) = self.span(*number).filter(|_| self.may_enter(*number)) {
                    entered.push(Entered::new(*number, span));
                }
            }
            Step::Exit(at) => {
                if *at < entered.len() {
                    drop(entered.remove(*at));
                }
            }
            Step::Drop(number) => drop(take(&self.spans, |spans| spans.remove(number))),
            Step::InScope(number, steps, end) => {
                if let Some(span) = self.span(*number).filter(|_| self.may_enter(*number)) {
                    quietly(|| {
                        let _entered = Entered::new(*number, span);
                        self.run(steps);
                        if *end == End::Panics {
                            resume_unwind(Box::new(()));
                        }
                    });
                }
            }
            Step::Call(number, steps, end) => quietly(|| call(*number, steps, *end, self)),
            Step::Handle(number, context, steps, end) => {
                let (parent, state) = CONTEXTS[*context];
                let context: TraceContext = parent.parse().expect("a valid context");
                let state = (!state.is_empty()).then(|| state.parse().expect("a valid state"));
                let carrier = TraceCarrier::from(context.with_tracestate(state));
                quietly(|| handle(carrier, *number, steps, *end, self));
            }
            Step::Future {
                number,
                kind,
                parts,
                end,
            } => self.make_future(*number, *kind, parts, *end),
            Step::Poll(number) => self.poll(*number),
            Step::DropFuture(number) => drop(take(&self.futures, |all| all.remove(number))),
            Step::Thread(carried, steps) => self.thread(*carried, steps),
            Step::Detached(steps) => {
                let from = current_context().map_or(Detached::FromNothing, |context| {
                    Detached::From(context.span_id())
                });
                let before = DETACHED.replace(from);
                task::TaskContext::detached().run(|| self.run_inside(NOTHING, steps));
                DETACHED.set(before);
            }
        }
    }

    fn new_span(&self, number: Number, place: Place, quiet: bool, fields: &[(Key, Val)]) {
        if place == Place::Here && (is_ambiguous() || !self.activates && is_left_out()) {
            return;
        }
        if place == Place::Here
            && let Detached::From(from) = DETACHED.get()
        {
            self.say(Said::Detached(number, from));
        }
        for (key, value) in fields {
            self.say(Said::OfSpan(number, *key, *value));
        }
        let value = |key| {
            let found = fields.iter().find(|(found, _)| *found == key);
            found.map_or(Val::Absent, |(_, value)| *value)
        };
        let [one, two, name, kind, code, description] =
            Key::ALL.map(|key| Recorded::from(value(key)));
        let (one, two) = (one.as_value(), two.as_value());
        let (name, kind) = (name.as_value(), kind.as_value());
        let (code, description) = (code.as_value(), description.as_value());
        let span = if quiet {
            new_span!(
                place,
                self,
                Level::DEBUG,
                number,
                one = one,
                two = two,
                otel.name = name,
                otel.kind = kind,
                otel.status_code = code,
                otel.status_description = description
            )
        } else {
            new_span!(
                place,
                self,
                Level::INFO,
                number,
                one = one,
                two = two,
                otel.name = name,
                otel.kind = kind,
                otel.status_code = code,
                otel.status_description = description
            )
        };
        take(&self.spans, |spans| spans.insert(number, span));
    }

    fn event(&self, event: &Event) {
        if event.place == Place::Here && (is_ambiguous() || is_left_out()) {
            return;
        }
        self.say(Said::OfEvent(event.clone()));
        let number = event.number;
        let [message, error, value] = [event.message, event.error, event.value].map(Recorded::from);
        let (message, error, one) = (message.as_value(), error.as_value(), value.as_value());
        match (event.level, event.message_first) {
            (EventLevel::Error, true) => {
                new_event!(
                    event.place,
                    self,
                    Level::ERROR,
                    message = message,
                    number,
                    error = error,
                    one = one
                );
            }
            (EventLevel::Error, false) => {
                new_event!(
                    event.place,
                    self,
                    Level::ERROR,
                    error = error,
                    number,
                    message = message,
                    one = one
                );
            }
            (EventLevel::Info, true) => {
                new_event!(
                    event.place,
                    self,
                    Level::INFO,
                    message = message,
                    number,
                    error = error,
                    one = one
                );
            }
            (EventLevel::Info, false) => {
                new_event!(
                    event.place,
                    self,
                    Level::INFO,
                    error = error,
                    number,
                    message = message,
                    one = one
                );
            }
            (EventLevel::Debug, _) => {
                new_event!(
                    event.place,
                    self,
                    Level::DEBUG,
                    message = message,
                    number,
                    error = error,
                    one = one
                );
            }
        }
    }

    fn make_future(self: &Arc<Self>, number: Number, kind: FutureKind, parts: &[Steps], end: End) {
        let (parts, world) = (parts.to_vec(), Arc::clone(self));
        let mut inside = None;
        let running: Running = match kind {
            FutureKind::Bare => Box::pin(parts_of(parts, None, world)),
            FutureKind::In(span) => match self.span(span) {
                Some(instrumented) => {
                    inside = Some(span);
                    Box::pin(parts_of(parts, Some(span), world).instrument(instrumented))
                }
                None => return,
            },
            FutureKind::Ours => Box::pin(async move {
                let _ = future(number, parts, end, world).await;
            }),
        };
        take(&self.futures, |all| all.insert(number, (inside, running)));
    }

    fn poll(self: &Arc<Self>, number: Number) {
        // While it runs it is not there, so that it does not poll itself.
        let Some((inside, mut running)) = take(&self.futures, |all| all.remove(&number)) else {
            return;
        };
        if inside.is_some_and(|inside| !self.may_enter(inside)) {
            take(&self.futures, |all| all.insert(number, (inside, running)));
            return;
        }
        quietly(|| {
            let polled = running.as_mut().poll(&mut Task::from_waker(Waker::noop()));
            if polled.is_pending() {
                take(&self.futures, |all| all.insert(number, (inside, running)));
            }
        });
    }

    fn thread(self: &Arc<Self>, carried: Carried, steps: &Steps) {
        let is_unclear = is_ambiguous() || !self.activates && is_left_out();
        if carried == Carried::Context && is_unclear {
            return;
        }
        let (world, steps) = (Arc::clone(self), steps.clone());
        let detached = match carried {
            Carried::Context => DETACHED.get(),
            Carried::Nothing => Detached::Not,
        };
        let innermost = ENTERED.with_borrow(|entered| entered.last().copied());
        let brought = innermost.filter(|_| carried == Carried::Context);
        let body = move || {
            DETACHED.set(detached);
            match brought {
                Some(number) => world.run_inside(number, &steps),
                None => world.run(&steps),
            }
        };
        let thread = match carried {
            Carried::Context => task::spawn_thread(body),
            Carried::Nothing => {
                let traces = self.traces.clone();
                std::thread::spawn(move || {
                    let _attached = traces.attach();
                    body();
                })
            }
        };
        thread.join().expect("nothing panics unseen");
    }
}
