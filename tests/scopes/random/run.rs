//! Runs random programs at the same time, on the workers of a runtime.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::dispatcher::{self, DefaultGuard};
use tracing_relay::TraceScope;
use tracing_relay::engine::Engine;
use tracing_relay::scope::Installation;

use super::application::{Application, Kind, queue};
use super::call::Here;
use super::checker::{Checker, Checking, Realm};
use super::draw::Draw;
use super::steps;

pub(crate) static FIRST: TraceScope = TraceScope::new("first");
pub(crate) static SECOND: TraceScope = TraceScope::new("second");

/// Only ever passes where something is wrong.
const LONG: Duration = Duration::from_secs(60);
/// Programs that run at the same time.
const PROGRAMS: usize = 8;

/// What is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) seed: u64,
    pub(crate) kind: Kind,
    pub(crate) workers: usize,
    /// Steps of all programs.
    pub(crate) operations: u64,
}

/// What was run and compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Report {
    pub(crate) operations: u64,
    pub(crate) spans: u64,
    pub(crate) spans_in_scopes: u64,
    pub(crate) events: u64,
    pub(crate) pipelines: u64,
}

impl Report {
    /// Adds those of another round.
    pub(crate) fn add(&mut self, other: Self) {
        self.operations += other.operations;
        self.spans += other.spans;
        self.spans_in_scopes += other.spans_in_scopes;
        self.events += other.events;
        self.pipelines += other.pipelines;
    }
}

/// What programs share.
pub(crate) struct World {
    pub(crate) application: Application,
    pub(crate) checker: Arc<Checker>,
    pub(crate) events: AtomicU64,
    operations: AtomicU64,
    most: u64,
    pipelines: AtomicU64,
    live: Arc<AtomicUsize>,
    installed: [Mutex<Option<Installation>>; 2],
    /// By scope: how often it has changed, whether it is just changing, and whether it is installed.
    states: [AtomicU64; 2],
}

const IS_INSTALLED: u64 = 1;
const IS_CHANGING: u64 = 2;
const CHANGE: u64 = 4;

/// A task that runs.
pub(crate) struct Live(Arc<AtomicUsize>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

const fn place(realm: Realm) -> usize {
    match realm {
        Realm::Second => 1,
        _ => 0,
    }
}

impl World {
    /// Counts a step, and says whether there is to be another one.
    pub(crate) fn goes_on(&self) -> bool {
        self.operations.fetch_add(1, Ordering::Relaxed) < self.most
    }

    pub(crate) fn live(&self) -> Live {
        self.live.fetch_add(1, Ordering::SeqCst);
        Live(Arc::clone(&self.live))
    }

    /// How it is with a scope.
    pub(crate) fn state(&self, realm: Realm) -> &AtomicU64 {
        &self.states[place(realm)]
    }

    /// Whether a scope is installed, where that has not changed since `before`.
    pub(crate) fn is_certainly_installed(&self, realm: Realm, before: u64) -> Option<bool> {
        let now = self.state(realm).load(Ordering::SeqCst);
        let is_certain = now == before && now & IS_CHANGING == 0;
        is_certain.then_some(now & IS_INSTALLED != 0)
    }

    /// Installs a scope, or replaces its pipeline, or takes it out.
    pub(crate) fn change(&self, realm: Realm, scope: &'static TraceScope, draw: &mut Draw) {
        // Another program is at it.
        let Ok(mut installed) = self.installed[place(realm)].try_lock() else {
            return;
        };
        let state = self.state(realm);
        let before = state.load(Ordering::SeqCst);
        state.store(before | IS_CHANGING, Ordering::SeqCst);
        let installs = installed.is_none() || !draw.one_in(3);
        let old = if installs {
            let new = self.install(realm, scope);
            installed.replace(new)
        } else {
            let old = installed.take();
            if let Some(old) = &old {
                old.uninstall(Duration::ZERO);
            }
            old
        };
        let now = (before & !(IS_INSTALLED | IS_CHANGING)) + CHANGE + u64::from(installs);
        state.store(now, Ordering::SeqCst);
        drop(installed);
        // Waits for its exporter.
        drop(old);
    }

    fn install(&self, realm: Realm, scope: &'static TraceScope) -> Installation {
        self.pipelines.fetch_add(1, Ordering::Relaxed);
        let exporter = Checking {
            realm,
            checker: Arc::clone(&self.checker),
        };
        let engine = Engine::builder()
            .with_exporter(exporter)
            .with_queue(queue());
        scope.install(engine).expect("a thread can be started")
    }
}

thread_local! {
    static ATTACHED: RefCell<Option<DefaultGuard>> = const { RefCell::new(None) };
}

/// Runs programs until they have made all their steps, and compares what was exported.
///
/// # Errors
///
/// What was not as the model says.
pub(crate) fn run(round: Round) -> Result<Report, Vec<String>> {
    let checker = Arc::<Checker>::default();
    let application = Application::new(round.kind, &checker);
    let _attached = dispatcher::set_default(&application.dispatch);
    let of_threads = application.dispatch.clone();
    let world = Arc::new(World {
        application,
        checker,
        events: AtomicU64::new(0),
        operations: AtomicU64::new(0),
        most: round.operations,
        pipelines: AtomicU64::new(0),
        live: Arc::default(),
        installed: Default::default(),
        states: Default::default(),
    });
    let mut draw = Draw::new(round.seed);
    for (realm, scope) in [(Realm::First, &FIRST), (Realm::Second, &SECOND)] {
        world.change(realm, scope, &mut draw);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(round.workers)
        .on_thread_start(move || ATTACHED.set(Some(dispatcher::set_default(&of_threads))))
        .on_thread_stop(|| ATTACHED.set(None))
        .enable_time()
        .build()
        .expect("a runtime can be built");
    let done = runtime.block_on(async {
        let programs: Vec<_> = (0..PROGRAMS)
            .map(|_| {
                let (world, mut draw) = (Arc::clone(&world), draw.fork());
                let program = async move {
                    while world.goes_on() {
                        steps::block(&world, Here::nowhere(), &mut draw).await;
                    }
                };
                tokio::spawn(program)
            })
            .collect();
        let all = async {
            for program in programs {
                program.await.expect("a program does not panic");
            }
            // Tasks that nobody awaits.
            while world.live.load(Ordering::SeqCst) > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG * 10, all).await
    });
    if done.is_err() {
        world.checker.mistake(|| "it does not end".to_owned());
    }
    drop(runtime);
    for installed in &world.installed {
        let installed = installed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(installed) = installed {
            assert!(installed.uninstall(LONG), "the exporter takes it");
        }
    }
    world.application.flush(LONG);
    let mut mistakes = world.checker.end(LONG);
    let seen = world.application.events.load(Ordering::SeqCst);
    let events = world.events.load(Ordering::SeqCst);
    if seen != events {
        mistakes.push(format!("{seen} of {events} events came to the application"));
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let (spans, spans_in_scopes) = world.checker.checked();
    Ok(Report {
        operations: world
            .operations
            .load(Ordering::SeqCst)
            .min(round.operations),
        spans,
        spans_in_scopes,
        events,
        pipelines: world.pipelines.load(Ordering::SeqCst),
    })
}
