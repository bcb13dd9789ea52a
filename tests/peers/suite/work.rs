//! What is measured: calls on one thread, on several, or until their spans are exported.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use super::clock;
use super::pipeline::Pipeline;
use crate::callgrind::Counted;

/// What some calls cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time.
    pub cpu: Duration,
    /// Allocations, those of the exporter's thread not among them.
    pub allocations: u64,
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.allocations += other.allocations;
    }
}

/// The function in which everything happens that is measured on one thread.
pub(super) const ON_THIS_THREAD: Counted = Counted::Function("*suite::work::repeat*");

#[inline(never)]
fn repeat<T>(calls: u64, mut call: impl FnMut(u64) -> T) {
    for number in 0..calls {
        black_box(call(black_box(number)));
    }
}

/// Calls on this thread, what happens on others not counted.
pub fn on_this_thread<T>(calls: u64, call: impl FnMut(u64) -> T) -> Cost {
    let mut cpu = Duration::ZERO;
    let allocated = allocation_counter::measure(|| {
        let before = clock::of_this_thread();
        repeat(calls, call);
        cpu = clock::of_this_thread().saturating_sub(before);
    });
    Cost {
        cpu,
        allocations: allocated.count_total,
    }
}

/// The same calls on each of several threads at once: the cost is that of a thread.
///
/// # Panics
///
/// Where a call does.
pub fn on_threads<T>(threads: u32, calls: u64, call: impl Fn(u64) -> T + Sync) -> Cost {
    let start = Barrier::new(threads as usize);
    let mut sum = Cost::default();
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    on_this_thread(calls, &call)
                })
            })
            .collect();
        for thread in started {
            sum += thread.join().expect("calls that do not panic");
        }
    });
    Cost {
        cpu: sum.cpu / threads,
        allocations: sum.allocations / u64::from(threads),
    }
}

/// Calls on this thread, until their spans have reached the exporter: the CPU time is that of all threads.
pub fn until_exported<T>(pipeline: &Pipeline, calls: u64, call: impl FnMut(u64) -> T) -> Cost {
    let before = clock::of_the_process();
    let Cost { allocations, .. } = on_this_thread(calls, call);
    pipeline.flush();
    let cpu = clock::of_the_process().saturating_sub(before);
    Cost { cpu, allocations }
}
