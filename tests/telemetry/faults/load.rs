//! What a service does meanwhile: units of work of a few tens of microseconds in annotated functions, on threads or in tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;
use tracing_relay::traced;

/// Spans that a unit of work makes.
pub(crate) const SPANS: u64 = 3;

const WORKERS: u64 = 2;

/// Where the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    Threads,
    Tasks,
}

impl Load {
    pub(crate) const ALL: [Self; 2] = [Self::Threads, Self::Tasks];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Tasks => "tokio",
        }
    }
}

/// How much each worker does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) units: u64,
    /// Steps of arithmetic in one of the two halves of a unit.
    pub(crate) steps: u64,
}

impl Size {
    pub(crate) const fn spans(self) -> u64 {
        WORKERS * self.units * SPANS
    }

    pub(crate) const fn all_units(self) -> u64 {
        WORKERS * self.units
    }

    /// What the work comes to, found without telemetry.
    pub(crate) fn result(self) -> u64 {
        let of_worker = |worker| {
            let halves = (0..self.units).map(|unit| half(worker ^ unit, self.steps) ^ unit);
            halves.fold(0, u64::wrapping_add)
        };
        (0..WORKERS).map(of_worker).fold(0, u64::wrapping_add)
    }
}

/// What came of a round of work.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    pub(crate) result: u64,
    pub(crate) took: Duration,
    /// CPU time of the threads that worked, and of no other.
    pub(crate) cpu: Duration,
}

/// Two halves as a service has them: a look-up and a calculation.
fn half(number: u64, steps: u64) -> u64 {
    let mut state = number | 1;
    for _ in 0..steps {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    state
}

#[traced(name = "faults.order", fields(worker, unit))]
fn order(worker: u64, unit: u64, steps: u64) -> u64 {
    let found = find(worker ^ unit, steps);
    tracing::info!(found, "found");
    found ^ price(unit, steps)
}

#[traced(name = "faults.find", fields(number))]
fn find(number: u64, steps: u64) -> u64 {
    half(number, steps)
}

/// As long as the other half, and nothing of the result.
#[traced(name = "faults.price", fields(unit, currency = "EUR"))]
fn price(unit: u64, steps: u64) -> u64 {
    std::hint::black_box(half(unit, steps));
    unit
}

#[traced(name = "faults.order", fields(worker, unit))]
async fn order_later(worker: u64, unit: u64, steps: u64) -> u64 {
    let found = find(worker ^ unit, steps);
    tokio::task::yield_now().await;
    tracing::info!(found, "found");
    found ^ price(unit, steps)
}

/// CPU time of this thread, where the system says it.
fn cpu() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{UsageWho, getrusage};

        let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("a thread knows its own");
        let of = |time: nix::sys::time::TimeVal| {
            Duration::from_secs(time.tv_sec().unsigned_abs())
                + Duration::from_micros(time.tv_usec().unsigned_abs())
        };
        of(usage.user_time()) + of(usage.system_time())
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

/// Does the work under this subscriber.
pub(crate) fn run(load: Load, size: Size, dispatch: &Dispatch) -> Done {
    match load {
        Load::Threads => on_threads(size, dispatch),
        Load::Tasks => in_tasks(size, dispatch),
    }
}

fn on_threads(size: Size, dispatch: &Dispatch) -> Done {
    let start = Instant::now();
    let work = |worker| {
        tracing::dispatcher::with_default(dispatch, || {
            let before = cpu();
            let orders = (0..size.units).map(|unit| order(worker, unit, size.steps));
            (
                orders.fold(0, u64::wrapping_add),
                cpu().saturating_sub(before),
            )
        })
    };
    let mut done = Done::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        for worker in workers {
            let (result, cpu) = worker.join().expect("telemetry changes nothing");
            done.result = done.result.wrapping_add(result);
            done.cpu += cpu;
        }
    });
    Done {
        took: start.elapsed(),
        ..done
    }
}

/// Each worker's work in some tasks, which take turns.
fn in_tasks(size: Size, dispatch: &Dispatch) -> Done {
    const TASKS: u64 = 8;
    let all = Arc::<AtomicU64>::default();
    let sum = Arc::clone(&all);
    let runtime = Builder::new_multi_thread()
        .worker_threads(usize::try_from(WORKERS).expect("they are few"))
        .on_thread_stop(move || {
            let nanoseconds = u64::try_from(cpu().as_nanos()).unwrap_or(u64::MAX);
            sum.fetch_add(nanoseconds, Ordering::Relaxed);
        })
        .build()
        .expect("a runtime can be built");
    let start = Instant::now();
    let task = move |worker: u64, number: u64| async move {
        let mut result = 0_u64;
        for unit in (number..size.units).step_by(usize::try_from(TASKS).expect("they are few")) {
            result = result.wrapping_add(order_later(worker, unit, size.steps).await);
        }
        result
    };
    let result = runtime.block_on(async {
        let places = (0..WORKERS).flat_map(|worker| (0..TASKS).map(move |task| (worker, task)));
        let tasks: Vec<_> = places
            .map(|(worker, number)| {
                tokio::spawn(task(worker, number).with_subscriber(dispatch.clone()))
            })
            .collect();
        let mut result = 0_u64;
        for task in tasks {
            result = result.wrapping_add(task.await.expect("telemetry changes nothing"));
        }
        result
    });
    let took = start.elapsed();
    drop(runtime);
    Done {
        result,
        took,
        cpu: Duration::from_nanos(all.load(Ordering::Relaxed)),
    }
}
