//! Rounds of work with a collector that has a fault: nothing changes for the program, and every span is accounted for.

pub(crate) mod collector;
pub(crate) mod load;

use std::time::Duration;

use collector::{Fault, FaultyCollector};
use load::{Done, Load, Size};
use tracing::Dispatch;
use tracing_relay::engine::{QueueLimits, Statistics};
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

/// As long as no machine needs.
const LONG: Duration = Duration::from_secs(60);

/// A round of work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) load: Load,
    pub(crate) size: Size,
    /// Spans that may wait.
    pub(crate) queue: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    pub(crate) done: Done,
    pub(crate) statistics: Statistics,
}

/// Runs a round with this fault, or says what is not as it should be.
pub(crate) fn run(round: Round, fault: Fault) -> Result<Report, String> {
    let collector = FaultyCollector::start(fault).map_err(|error| error.to_string())?;
    let telemetry = telemetry(&collector, round.queue, fault.answers());
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()));
    let done = load::run(round.load, round.size, &dispatch);
    let statistics = ended(&telemetry)?;
    check(round, done, statistics)?;
    let Statistics {
        exported, failed, ..
    } = statistics;
    let taken = collector.taken();
    if taken != exported {
        return Err(format!("it took {taken} spans: {statistics:?}"));
    }
    if fault.takes() && failed > 0 || !fault.takes() && exported > 0 {
        return Err(format!("{fault:?} and {statistics:?}"));
    }
    Ok(Report { done, statistics })
}

/// Runs rounds with one collector that has one fault after the other, each for some rounds of work.
pub(crate) fn run_in_turn(round: Round, turns: usize) -> Result<Statistics, String> {
    let collector = FaultyCollector::start(Fault::Healthy).map_err(|error| error.to_string())?;
    let telemetry = telemetry(&collector, round.queue, false);
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(telemetry.layer()));
    let faults = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Down);
    let mut rounds = 0;
    for fault in faults.cycle().take(turns) {
        collector.set(fault);
        let done = load::run(round.load, round.size, &dispatch);
        if done.result != round.size.result() {
            return Err(format!("the work came to something else: {fault:?}"));
        }
        rounds += 1;
    }
    let statistics = ended(&telemetry)?;
    let all = statistics.exported + statistics.dropped + statistics.failed;
    let recorded = rounds * round.size.spans();
    // A batch that was taken and whose answer came too late has failed, or was sent again.
    if all != recorded || collector.taken() < statistics.exported {
        let taken = collector.taken();
        return Err(format!("{recorded} spans, {taken} taken: {statistics:?}"));
    }
    Ok(statistics)
}

fn telemetry(collector: &FaultyCollector, spans: usize, answers: bool) -> Telemetry {
    let timeout = if answers {
        LONG
    } else {
        Duration::from_millis(100)
    };
    let to = OtlpSettings::new(&collector.url()).expect("it is a URL");
    let mut queue = QueueLimits::default();
    (queue.spans, queue.delay) = (spans, Duration::from_millis(5));
    Telemetry::builder("faults")
        .with_otlp(to.with_timeout(timeout))
        .with_queue(queue)
        .build()
        .expect("a thread can be started")
}

fn ended(telemetry: &Telemetry) -> Result<Statistics, String> {
    let told = telemetry.shutdown(LONG);
    let statistics = telemetry.statistics();
    match told {
        Err(lost) if lost.unfinished => Err(format!("the shutdown takes too long: {lost}")),
        told if told.is_ok() != (statistics.dropped + statistics.failed == 0) => {
            Err(format!("{told:?} and {statistics:?}"))
        }
        _ => Ok(statistics),
    }
}

fn check(round: Round, done: Done, statistics: Statistics) -> Result<(), String> {
    if done.result != round.size.result() {
        return Err("the work came to something else".to_owned());
    }
    let all = statistics.exported + statistics.dropped + statistics.failed;
    let recorded = round.size.spans();
    if all != recorded {
        return Err(format!("{recorded} spans were recorded: {statistics:?}"));
    }
    Ok(())
}
