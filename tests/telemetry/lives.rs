//! Lives of a `Telemetry` that are drawn: set up anywhere, loaded, and ended in any way, with any collector. None hangs, and all
//! spans are counted.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;
use tracing_relay::engine::QueueLimits;
use tracing_relay::telemetry::{Lost, OtlpProtocol, OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::draw::Draw;
use crate::faults::collector::{Fault, FaultyCollector};

/// A shutdown that is to finish.
const LONG: Duration = Duration::from_secs(30);
/// A life that takes longer hangs.
const BOUND: Duration = Duration::from_secs(60);

/// Where a life takes place.
#[derive(Clone, Copy, Debug)]
enum Flavor {
    NoRuntime,
    CurrentThread,
    Workers(usize),
}

/// Where in the runtime.
#[derive(Clone, Copy, Debug)]
enum Place {
    Outside,
    BlockOn,
    Task,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Drop,
    Shutdown(Duration),
    ShutdownTwice(Duration),
    FlushAndShutdown(Duration),
}

/// One life, as it is drawn.
#[derive(Clone, Copy, Debug)]
struct Life {
    flavor: Flavor,
    built: Place,
    ended: Place,
    fault: Fault,
    format: OtlpProtocol,
    gzip: bool,
    batch: usize,
    delay: Duration,
    spans: u64,
    threads: u64,
    /// Whether they work on while it ends.
    goes_on: bool,
    end: End,
}

fn one_of<T: Copy>(draw: &mut Draw, all: &[T]) -> T {
    let len = u64::try_from(all.len()).expect("they are few");
    all[usize::try_from(draw.below(len)).expect("it is small")]
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut drawn = Draw::new(seed);
        let draw = &mut drawn;
        let milliseconds = Duration::from_millis;
        let timeouts = [milliseconds(0), milliseconds(1), milliseconds(30), LONG];
        let timeout = one_of(draw, &timeouts);
        let flavors = [
            Flavor::NoRuntime,
            Flavor::CurrentThread,
            Flavor::Workers(1),
            Flavor::Workers(2),
            Flavor::Workers(4),
        ];
        let places = [Place::Outside, Place::BlockOn, Place::Task];
        Self {
            flavor: one_of(draw, &flavors),
            built: one_of(draw, &places),
            ended: one_of(draw, &places),
            fault: one_of(draw, &Fault::ALL),
            format: one_of(draw, &[OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson]),
            gzip: draw.one_in(2),
            batch: one_of(draw, &[1, 16, 512]),
            delay: one_of(
                draw,
                &[Duration::ZERO, milliseconds(2), Duration::from_secs(3600)],
            ),
            spans: draw.below(60),
            threads: 1 + draw.below(4),
            goes_on: draw.one_in(3),
            end: one_of(
                draw,
                &[
                    End::Drop,
                    End::Shutdown(timeout),
                    End::ShutdownTwice(timeout),
                    End::FlushAndShutdown(timeout),
                ],
            ),
        }
    }

    fn runtime(self) -> io::Result<Option<Runtime>> {
        let mut builder = match self.flavor {
            Flavor::NoRuntime => return Ok(None),
            Flavor::CurrentThread => Builder::new_current_thread(),
            Flavor::Workers(workers) => {
                let mut builder = Builder::new_multi_thread();
                builder.worker_threads(workers);
                builder
            }
        };
        builder.enable_all().build().map(Some)
    }

    /// Spans that may wait. With a batch for each span few, because what waits is to be exported in time.
    fn room(self) -> usize {
        400.min(20 * self.batch)
    }

    fn build(self, url: &str) -> io::Result<Telemetry> {
        // What is never answered costs that much for each batch.
        let timeout = if self.fault.answers() {
            LONG
        } else {
            Duration::from_millis(5)
        };
        let to = OtlpSettings::new(url)?
            .with_protocol(self.format)
            .with_gzip(self.gzip)
            .with_timeout(timeout);
        let mut queue = QueueLimits::default();
        (queue.batch, queue.delay) = (self.batch, self.delay);
        queue.spans = self.room();
        Telemetry::builder("lives")
            .with_otlp(to)
            .with_queue(queue)
            .build()
    }
}

#[traced(name = "lives.step", fields(number))]
fn step(number: u64) -> u64 {
    number
}

#[traced(name = "lives.later", fields(number))]
async fn step_later(number: u64) -> u64 {
    tokio::task::yield_now().await;
    number
}

/// Runs something somewhere.
fn at<T: Send + 'static>(
    place: Place,
    runtime: Option<&Runtime>,
    f: impl FnOnce() -> T + Send + 'static,
) -> T {
    match (place, runtime) {
        (Place::Outside, _) | (_, None) => f(),
        (Place::BlockOn, Some(runtime)) => runtime.block_on(async { f() }),
        (Place::Task, Some(runtime)) => runtime
            .block_on(runtime.spawn(async { f() }))
            .expect("telemetry changes nothing"),
    }
}

/// What the step is that a life is in, for who finds it hanging.
type Step = Arc<Mutex<&'static str>>;

/// Lives one life after the other, each within its bound; the error has the seed and the step.
pub(crate) fn live(seeds: impl IntoIterator<Item = u64>) -> Result<Duration, String> {
    let mut longest = Duration::ZERO;
    for seed in seeds {
        let life = Life::new(seed);
        let step = Step::default();
        let (done, is_done) = mpsc::channel();
        let (its_step, start) = (Arc::clone(&step), Instant::now());
        thread::spawn(move || {
            let lived = one(life, &its_step);
            // Nobody listens any longer where it took too long.
            let _ = done.send(lived);
        });
        let at = || *step.lock().unwrap_or_else(PoisonError::into_inner);
        match is_done.recv_timeout(BOUND) {
            Ok(Ok(())) => longest = longest.max(start.elapsed()),
            Ok(Err(mistake)) => return Err(format!("seed {seed}: {life:?}\n{}: {mistake}", at())),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(format!("seed {seed}: {life:?}\n{}: it hangs", at()));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(format!("seed {seed}: {life:?}\n{}: it panicked", at()));
            }
        }
    }
    Ok(longest)
}

fn one(life: Life, step: &Step) -> Result<(), String> {
    let now = |name| *step.lock().unwrap_or_else(PoisonError::into_inner) = name;
    now("the collector starts");
    let collector = FaultyCollector::start(life.fault).map_err(|error| error.to_string())?;
    let runtime = life.runtime().map_err(|error| error.to_string())?;
    let runtime = runtime.as_ref();

    now("set-up");
    let url = collector.url();
    let built = at(life.built, runtime, move || life.build(&url));
    let telemetry = built.map_err(|error| error.to_string())?;
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()));

    now("load");
    let stops = Arc::new(AtomicBool::new(!life.goes_on));
    let ended = Arc::<AtomicU64>::default();
    let workers: Vec<_> = (0..life.threads)
        .map(|worker| {
            let (stops, ended, dispatch) =
                (Arc::clone(&stops), Arc::clone(&ended), dispatch.clone());
            thread::spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || work(life, worker, &stops, &ended))
            })
        })
        .collect();
    if let Some(runtime) = runtime {
        let later = async {
            for number in 0..life.spans {
                assert_eq!(step_later(number).await, number);
            }
        };
        runtime.block_on(later.with_subscriber(dispatch.clone()));
        ended.fetch_add(life.spans, Ordering::Relaxed);
    }
    let mut right = true;
    let workers = if life.goes_on {
        workers
    } else {
        now("the threads end");
        right &= workers
            .into_iter()
            .all(|worker| worker.join().is_ok_and(|right| right));
        Vec::new()
    };

    now("the end");
    let before = ended.load(Ordering::Relaxed);
    let telemetry = at(life.ended, runtime, move || end(life, telemetry))?;
    now("the threads end");
    stops.store(true, Ordering::Relaxed);
    right &= workers
        .into_iter()
        .all(|worker| worker.join().is_ok_and(|right| right));
    if !right {
        return Err("the work came to something else".to_owned());
    }
    let Some(telemetry) = telemetry else {
        now("what was taken");
        return count_dropped(life, &collector, before);
    };
    now("what is left");
    count(
        life,
        &telemetry,
        &collector,
        before,
        ended.load(Ordering::Relaxed),
    )
}

/// What is known of one that was dropped: that takes five seconds at most, which is enough where somebody answers.
fn count_dropped(life: Life, collector: &FaultyCollector, ended: u64) -> Result<(), String> {
    let has_room = usize::try_from(ended).is_ok_and(|ended| ended <= life.room());
    let taken = collector.taken();
    if life.fault.takes() && !life.goes_on && has_room && taken != ended {
        return Err(format!("{taken} of {ended} spans were taken"));
    }
    Ok(())
}

/// Whether the results are right.
fn work(life: Life, worker: u64, stops: &AtomicBool, ended: &AtomicU64) -> bool {
    let mut right = true;
    let mut number = worker;
    // At least so many, and more until it is told to stop.
    while number < worker + life.spans || !stops.load(Ordering::Relaxed) {
        right &= step(number) == number;
        ended.fetch_add(1, Ordering::Relaxed);
        number += 1;
        if number > worker + life.spans {
            thread::yield_now();
        }
    }
    right
}

/// Ends it, and gives it back where it is still there.
fn end(life: Life, telemetry: Telemetry) -> Result<Option<Telemetry>, String> {
    let within = |timeout: Duration, shutdown: &dyn Fn() -> Result<(), Lost>| {
        let start = Instant::now();
        let told = shutdown();
        // Machines that are busy are late, and not by that much.
        let late = start.elapsed() > timeout + Duration::from_secs(20);
        if late {
            Err(format!("after {:?}: {told:?}", start.elapsed()))
        } else {
            Ok(told)
        }
    };
    match life.end {
        End::Drop => {
            drop(telemetry);
            return Ok(None);
        }
        End::Shutdown(timeout) => {
            let _ = within(timeout, &|| telemetry.shutdown(timeout))?;
        }
        End::ShutdownTwice(timeout) => {
            let _ = within(timeout, &|| telemetry.shutdown(timeout))?;
            let _ = within(timeout, &|| telemetry.shutdown(timeout))?;
        }
        End::FlushAndShutdown(timeout) => {
            telemetry.flush(timeout);
            let _ = within(timeout, &|| telemetry.shutdown(timeout))?;
        }
    }
    Ok(Some(telemetry))
}

fn count(
    life: Life,
    telemetry: &Telemetry,
    collector: &FaultyCollector,
    before: u64,
    ended: u64,
) -> Result<(), String> {
    let told = telemetry.shutdown(LONG);
    if told.is_err_and(|lost| lost.unfinished) {
        return Err(format!("{told:?}"));
    }
    let statistics = telemetry.statistics();
    let all = statistics.exported + statistics.dropped + statistics.failed;
    // What starts after the shutdown is not recorded.
    let counted = if life.goes_on {
        (before..=ended).contains(&all)
    } else {
        all == ended
    };
    if !counted || told.is_ok() != (statistics.dropped + statistics.failed == 0) {
        return Err(format!(
            "{before} to {ended} spans ended: {statistics:?} {told:?}"
        ));
    }
    let taken = collector.taken();
    let right = if life.fault.takes() {
        taken == statistics.exported
    } else {
        statistics.exported == 0
    };
    if !right {
        return Err(format!("{taken} were taken: {statistics:?}"));
    }
    Ok(())
}
