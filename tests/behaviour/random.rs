//! Random programs of annotated functions. Each program is a plan that says which span is below
//! which; after it ran, every exported span is compared with the plan, and its outcome with what
//! the body of the function itself wrote down.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Wake, Waker};
use std::thread::Thread;

use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::mpsc;
use tracing::{Instrument as _, info_span};
use tracing_relay::testing::{LevelFilter, Pipeline, PipelineEngine, Span, Traces};
use tracing_relay::{
    TraceCarrier, current_baggage, current_context, request_span, set_current_baggage, task, traced,
};

/// Programs for each pipeline.
const PROGRAMS: u64 = 40;
/// Calls in one program, about.
const SIZE: usize = 30;

type Running = Pin<Box<dyn Future<Output = Result<(), Failed>> + Send>>;

#[derive(Debug)]
struct Failed;

/// A call of an annotated function.
#[derive(Debug)]
struct Call {
    id: u64,
    shape: Shape,
    /// Its level is one that a pipeline may leave out.
    quiet: bool,
    steps: Vec<Step>,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Async,
    /// A plain function that returns a future.
    Returned,
    /// A plain function that blocks its thread.
    Sync,
    /// A handler that is given the context.
    Handler,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Completes,
    Fails,
    Panics,
    /// It never ends by itself.
    Hangs,
}

#[derive(Debug)]
enum Step {
    Pause,
    Await(Arc<Call>),
    /// All in this task, each polled when it wants to be.
    Together(Vec<Arc<Call>>),
    Spawn(Arc<Call>),
    SpawnBlocking(Arc<Call>),
    Thread(Arc<Call>),
    /// A root that is linked.
    Detach(Arc<Call>),
    /// A root: spawned without its context.
    Leave(Arc<Call>),
    /// Started here, and polled to its end in a task that has no context.
    MoveAway(Arc<Call>),
    /// Polled some times, and then dropped.
    DropHalfWay(Arc<Call>, usize),
    /// Polled once, and dropped when its caller ends, however that ends.
    Hold(Arc<Call>),
    /// Inside a span that is made with `tracing`.
    InTheirs(u64, Arc<Call>),
}

/// What a span is to be found below.
#[derive(Clone, Copy, Debug)]
enum Above {
    Nothing,
    Parent(u64),
    Link(u64),
}

/// Makes plans. A small generator of its own: the same seed is the same program for ever.
struct Planner {
    state: u64,
    left: usize,
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    above: Above,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Loud,
    Quiet,
    /// A span that is made with `tracing`.
    Theirs,
}

impl Planner {
    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn id(&mut self, above: Above, kind: Kind) -> u64 {
        self.places.push(Place { above, kind });
        self.places.len() as u64 - 1
    }

    /// `alone` says that a thread is blocked by this call or by one that waits for it, so that it
    /// must not wait for the runtime.
    fn call(&mut self, above: Above, alone: bool, hangs: bool) -> Arc<Call> {
        self.left = self.left.saturating_sub(1);
        let quiet = self.below(4) == 0;
        let id = self.id(above, if quiet { Kind::Quiet } else { Kind::Loud });
        let shape = match self.below(8) {
            3 | 4 => Shape::Returned,
            5 if !hangs => Shape::Sync,
            6 if matches!(above, Above::Parent(_)) => Shape::Handler,
            _ => Shape::Async,
        };
        let alone = alone || matches!(shape, Shape::Sync);
        let steps = 1 + self.below(4);
        let steps = (0..steps).map(|_| self.step(id, alone)).collect();
        let end = match self.below(6) {
            _ if hangs => End::Hangs,
            0 => End::Panics,
            1 => End::Fails,
            _ => End::Completes,
        };
        Arc::new(Call {
            id,
            shape,
            quiet,
            steps,
            end,
        })
    }

    /// A call whose span is there in each pipeline.
    fn loud_call(&mut self, above: Above, alone: bool) -> Arc<Call> {
        let mut call = self.call(above, alone, false);
        let id = usize::try_from(call.id).unwrap();
        self.places[id].kind = Kind::Loud;
        Arc::get_mut(&mut call).expect("it is new").quiet = false;
        call
    }

    fn step(&mut self, id: u64, alone: bool) -> Step {
        let here = Above::Parent(id);
        match self.below(15) {
            _ if self.left == 0 => Step::Pause,
            0 | 1 => Step::Pause,
            2 | 3 => Step::Await(self.call(here, alone, false)),
            4 | 5 => {
                let count = 2 + self.below(3);
                Step::Together((0..count).map(|_| self.call(here, alone, false)).collect())
            }
            6 if !alone => Step::Spawn(self.call(here, false, false)),
            7 if !alone => Step::SpawnBlocking(self.call(here, true, false)),
            8 => Step::Thread(self.call(here, true, false)),
            9 => Step::Detach(self.call(Above::Link(id), false, false)),
            10 => Step::Leave(self.call(Above::Nothing, false, false)),
            11 => Step::MoveAway(self.loud_call(here, alone)),
            12 => {
                let polls = 1 + self.below(4);
                let polls = usize::try_from(polls).unwrap();
                Step::DropHalfWay(self.call(here, alone, true), polls)
            }
            13 => {
                let theirs = self.id(here, Kind::Theirs);
                Step::InTheirs(theirs, self.call(Above::Parent(theirs), alone, false))
            }
            _ => Step::Hold(self.call(here, alone, true)),
        }
    }
}

/// What the bodies write down.
#[derive(Clone)]
struct Log {
    /// How each call that was started ended; nothing for a span of `tracing`.
    ended: Arc<Mutex<HashMap<u64, Option<&'static str>>>>,
    wrong: Arc<Mutex<Vec<String>>>,
    /// Closed when the last task is done.
    _alive: mpsc::Sender<()>,
}

/// A body that runs. Dropped before it said something else, it was cancelled.
struct Entry<'a> {
    log: &'a Log,
    id: u64,
    ends: &'static str,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.log.write(self.id, Some(self.ends));
    }
}

impl Log {
    fn write(&self, id: u64, ended: Option<&'static str>) {
        let before = self.ended.lock().unwrap().insert(id, ended);
        if before.is_some() {
            self.wrong.lock().unwrap().push(format!("{id} ran twice"));
        }
    }

    fn expect(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.lock().unwrap().push(what());
        }
    }
}

macro_rules! functions {
    ($module:ident, $level:literal) => {
        mod $module {
            use super::*;

            #[traced(name = "call", level = $level, fields(id = call.id))]
            pub(super) async fn polled(call: Arc<Call>, log: Log) -> Result<(), Failed> {
                body(call, log).await
            }

            #[traced(name = "call", level = $level, fields(id = call.id))]
            pub(super) fn returned(
                call: Arc<Call>,
                log: Log,
            ) -> impl Future<Output = Result<(), Failed>> + Send {
                body(call, log)
            }

            #[traced(name = "call", level = $level, fields(id = call.id))]
            pub(super) fn blocking(call: Arc<Call>, log: Log) -> Result<(), Failed> {
                block_on(body(call, log))
            }

            #[request_span(name = "call", level = $level, fields(id = call.id), carrier = carrier)]
            pub(super) async fn handler(
                carrier: TraceCarrier,
                call: Arc<Call>,
                log: Log,
            ) -> Result<(), Failed> {
                let _ = carrier;
                body(call, log).await
            }
        }
    };
}

functions!(loud, "info");
functions!(quiet, "debug");

/// The call as a future. What it is below is decided here, or at the first poll, which is made at
/// the same place.
fn start(call: &Arc<Call>, log: &Log) -> Running {
    let (call, log) = (call.clone(), log.clone());
    match (call.shape, call.quiet) {
        (Shape::Async, false) => Box::pin(loud::polled(call, log)),
        (Shape::Async, true) => Box::pin(quiet::polled(call, log)),
        (Shape::Returned, false) => Box::pin(loud::returned(call, log)),
        (Shape::Returned, true) => Box::pin(quiet::returned(call, log)),
        (Shape::Sync, false) => Box::pin(async move { loud::blocking(call, log) }),
        (Shape::Sync, true) => Box::pin(async move { quiet::blocking(call, log) }),
        (Shape::Handler, false) => Box::pin(loud::handler(TraceCarrier::capture(), call, log)),
        (Shape::Handler, true) => Box::pin(quiet::handler(TraceCarrier::capture(), call, log)),
    }
}

/// The same, to its end, which it says to nobody. The log lives until the span has ended.
fn to_its_end(running: Running, log: &Log) -> impl Future<Output = ()> + Send + use<> {
    let log = log.clone();
    async move {
        let _ = AssertUnwindSafe(running).catch_unwind().await;
        drop(log);
    }
}

fn body(call: Arc<Call>, log: Log) -> Running {
    Box::pin(async move {
        let mut entry = Entry {
            log: &log,
            id: call.id,
            ends: "cancelled",
        };
        let mut held = Vec::new();
        let own = current_context().map(|context| context.span_id());
        let baggage = format!("id={}", call.id);
        if !call.quiet {
            set_current_baggage(baggage.parse().unwrap());
        }
        for step in &call.steps {
            run(step, &log, &mut held).await;
            let now = current_context().map(|context| context.span_id());
            log.expect(now == own, || format!("{} lost itself: {step:?}", call.id));
            let now = current_baggage().to_string();
            log.expect(call.quiet || now == baggage, || {
                format!("{baggage} is {now}: {step:?}")
            });
        }
        match call.end {
            End::Completes => entry.ends = "completed",
            End::Fails => {
                entry.ends = "failed";
                return Err(Failed);
            }
            End::Panics => {
                entry.ends = "panicked";
                // Without the hook, which would write to the output of the tests.
                resume_unwind(Box::new(()));
            }
            End::Hangs => std::future::pending().await,
        }
        Ok(())
    })
}

async fn run(step: &Step, log: &Log, held: &mut Vec<Running>) {
    match step {
        Step::Pause => pause().await,
        Step::Await(call) => to_its_end(start(call, log), log).await,
        Step::Together(calls) => {
            let all = calls.iter().map(|call| to_its_end(start(call, log), log));
            let mut all: FuturesUnordered<_> = all.collect();
            while all.next().await.is_some() {}
        }
        Step::Spawn(call) => {
            let (call, log) = (call.clone(), log.clone());
            let task = async move { to_its_end(start(&call, &log), &log).await };
            task::spawn(task).await.unwrap();
        }
        Step::SpawnBlocking(call) => {
            let (call, log) = (call.clone(), log.clone());
            let task = move || block_on(to_its_end(start(&call, &log), &log));
            task::spawn_blocking(task).await.unwrap();
        }
        Step::Thread(call) => {
            let (call, log) = (call.clone(), log.clone());
            let runtime = tokio::runtime::Handle::current();
            let thread = task::spawn_thread(move || {
                let _runtime = runtime.enter();
                block_on(to_its_end(start(&call, &log), &log));
            });
            thread.join().unwrap();
        }
        Step::Detach(call) => {
            let (call, log) = (call.clone(), log.clone());
            task::detach(async move { to_its_end(start(&call, &log), &log).await });
        }
        Step::Leave(call) => {
            let (call, log) = (call.clone(), log.clone());
            tokio::spawn(async move { to_its_end(start(&call, &log), &log).await });
        }
        Step::MoveAway(call) => {
            let mut rest = Box::pin(to_its_end(start(call, log), log));
            if poll_once(rest.as_mut()).is_pending() {
                tokio::spawn(rest);
            }
        }
        Step::DropHalfWay(call, polls) => {
            let mut running = start(call, log);
            for _ in 0..*polls {
                assert!(poll_once(running.as_mut()).is_pending());
                pause().await;
            }
        }
        Step::Hold(call) => {
            let mut running = start(call, log);
            assert!(poll_once(running.as_mut()).is_pending());
            held.push(running);
        }
        Step::InTheirs(id, call) => {
            log.write(*id, None);
            let theirs = info_span!("theirs", id);
            // The future of a handler is made inside as well.
            async { to_its_end(start(call, log), log).await }
                .instrument(theirs)
                .await;
        }
    }
}

/// Lets others run once.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Task::from_waker(Waker::noop()))
}

/// Waits on this thread, also inside a runtime.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Task::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn id_of(span: &Span) -> u64 {
    let id = span.attribute("id").expect("each span has an id");
    // The bridge exports what is unsigned as text.
    let id = id.to_string();
    id.trim_matches('"').parse().expect("a number")
}

/// Where a span is to be found if the quiet ones are left out.
fn without_quiet(places: &[Place], id: u64) -> Above {
    let place = |id: u64| places[usize::try_from(id).unwrap()];
    let is_quiet = |id: u64| place(id).kind == Kind::Quiet;
    let above = match place(id).above {
        Above::Parent(parent) if is_quiet(parent) => without_quiet(places, parent),
        Above::Link(from) if is_quiet(from) => match without_quiet(places, from) {
            Above::Parent(parent) => Above::Link(parent),
            // There was no trace to be linked to.
            Above::Nothing | Above::Link(_) => Above::Nothing,
        },
        above => above,
    };
    match above {
        // In a task that is detached the spans of others are roots, and only our engine links them.
        Above::Link(_) if place(id).kind == Kind::Theirs && !links_theirs() => Above::Nothing,
        above => above,
    }
}

fn links_theirs() -> bool {
    PipelineEngine::of_the_suite() == PipelineEngine::Own
}

/// What is wrong with the exported spans. `above` says for each id what its span is to be below;
/// nothing for a span that is not to be there.
fn differences(traces: &Traces, above: &[Option<Above>], log: &Log) -> Vec<String> {
    let mut wrong = log.wrong.lock().unwrap().clone();
    let mut ended = log.ended.lock().unwrap().clone();
    ended.retain(|id, _| above[usize::try_from(*id).unwrap()].is_some());
    let mut spans = HashMap::new();
    for span in traces.spans() {
        let id = id_of(&span);
        if spans.insert(id, span).is_some() {
            wrong.push(format!("{id} has two spans"));
        }
    }
    for (id, span) in &spans {
        let place = above[usize::try_from(*id).unwrap()];
        let is_below = match place {
            None => false,
            Some(Above::Nothing) => span.parent().is_none() && span.links().is_empty(),
            Some(Above::Parent(parent)) => spans.get(&parent).is_some_and(|parent| {
                span.parent() == Some(parent.span_id())
                    && span.trace_id() == parent.trace_id()
                    && span.links().is_empty()
            }),
            Some(Above::Link(from)) => spans.get(&from).is_some_and(|from| {
                span.parent().is_none()
                    && span.trace_id() != from.trace_id()
                    && span.links().len() == 1
                    && span.links()[0].context().span_id() == from.span_id()
                    && span.links()[0].context().trace_id() == from.trace_id()
            }),
        };
        if !is_below {
            wrong.push(format!("{id} is not below {place:?}"));
        }
        let outcome = span.attribute("relay.outcome").map(ToString::to_string);
        match ended.remove(id) {
            None => wrong.push(format!("{id} never ran")),
            Some(ended) => {
                let ended = ended.map(|ended| format!("{ended:?}"));
                if ended != outcome {
                    wrong.push(format!("{id} ended as {outcome:?} and not as {ended:?}"));
                }
            }
        }
    }
    wrong.extend(ended.keys().map(|id| format!("{id} has no span")));
    wrong.extend(traces.open().iter().map(|name| format!("{name} is open")));
    wrong
}

/// The tree of a program is what its spans meet, and neither without one of its last calls nor with
/// one of them twice.
fn check_tree(traces: &Traces) {
    let tree = traces.tree();
    assert_eq!(traces.compare(&tree), Ok(()));
    let lines: Vec<_> = tree.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    for (index, line) in lines.iter().enumerate() {
        let has_children = lines
            .get(index + 1)
            .is_some_and(|next| indent(next) > indent(line));
        if line.is_empty() || has_children {
            continue;
        }
        let (before, after) = (lines[..index].join("\n"), lines[index + 1..].join("\n"));
        for other in [
            format!("{before}\n{after}"),
            format!("{before}\n{line}\n{line}\n{after}"),
        ] {
            assert!(traces.compare(&other).is_err(), "{tree}is\n{other}");
        }
    }
}

/// `all` says whether the pipeline exports the quiet calls too.
fn run_programs(pipeline: &Pipeline, all: bool, first_seed: u64) {
    for seed in first_seed..first_seed + PROGRAMS {
        let mut planner = Planner {
            state: seed,
            left: SIZE,
            places: Vec::new(),
        };
        let root = planner.call(Above::Nothing, false, false);
        let places = &planner.places;
        let above: Vec<_> = (0..)
            .zip(places)
            .map(|(id, place)| match place {
                place if all => Some(place.above),
                place if place.kind == Kind::Quiet => None,
                _ => Some(without_quiet(places, id)),
            })
            .collect();
        pipeline.clone().run(async |traces| {
            let (alive, mut done) = mpsc::channel(1);
            let log = Log {
                ended: Arc::default(),
                wrong: Arc::default(),
                _alive: alive,
            };
            let (ended, wrong) = (log.ended.clone(), log.wrong.clone());
            to_its_end(start(&root, &log), &log).await;
            drop(log);
            assert_eq!(done.recv().await, None);
            // A span of others ends with the last that refers to it, which may be a task that is
            // being dropped.
            println!("seed {seed}");
            let theirs = ended
                .lock()
                .unwrap()
                .values()
                .filter(|ended| ended.is_none())
                .count();
            let _ = traces.wait_for_count("theirs", theirs).await;
            let log = Log {
                ended,
                wrong,
                _alive: mpsc::channel(1).0,
            };
            let wrong = differences(&traces, &above, &log);
            assert!(
                wrong.is_empty(),
                "seed {seed}: {wrong:#?}\nplan: {root:#?}\n{}",
                traces.tree()
            );
            // Each comparison of a whole tree takes its time.
            if seed % 20 == 0 {
                check_tree(&traces);
            }
        });
    }
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs() {
    run_programs(&Pipeline::new(), true, 0);
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs_with_one_worker() {
    run_programs(&Pipeline::new().worker_threads(1), true, 1_000);
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs_with_two_workers() {
    run_programs(&Pipeline::new().worker_threads(2), true, 2_000);
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs_with_four_workers() {
    run_programs(&Pipeline::new().worker_threads(4), true, 3_000);
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs_where_nothing_activates_contexts() {
    run_programs(&Pipeline::new().context_activation(false), true, 4_000);
    run_programs(
        &Pipeline::new().context_activation(false).worker_threads(2),
        true,
        5_000,
    );
}

#[test]
fn every_span_of_a_random_program_is_where_it_belongs_behind_a_wrapper() {
    run_programs(&Pipeline::new().behind_reload(), true, 6_000);
    run_programs(
        &Pipeline::new().behind_reload().worker_threads(2),
        true,
        7_000,
    );
}

#[test]
fn a_level_that_leaves_spans_out_moves_no_other_span_of_a_random_program() {
    let pipeline = Pipeline::new().level(LevelFilter::INFO);
    run_programs(&pipeline, false, 8_000);
    run_programs(&pipeline.clone().worker_threads(2), false, 9_000);
    run_programs(&pipeline.clone().context_activation(false), false, 10_000);
    run_programs(&pipeline.behind_reload(), false, 11_000);
}

#[test]
fn a_filter_that_leaves_spans_out_moves_no_other_span_of_a_random_program() {
    let pipeline = Pipeline::new().filter(|metadata| *metadata.level() <= tracing::Level::INFO);
    run_programs(&pipeline, false, 12_000);
    run_programs(&pipeline.clone().worker_threads(2), false, 13_000);
    run_programs(&pipeline.clone().context_activation(false), false, 14_000);
    run_programs(&pipeline.behind_reload(), false, 15_000);
}
