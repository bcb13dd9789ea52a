//! What a process is loaded with, and what it says about it.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::pipelines::{Item, Pipeline};

const THREADS: u64 = 2;

/// A number of spans, and how fast they come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) name: &'static str,
    spans: u64,
    /// Spans a second, or as fast as possible.
    rate: Option<u64>,
}

impl Load {
    pub(crate) const ALL: [Self; 4] = [
        Self {
            name: "100,000 a second",
            spans: 400_000,
            rate: Some(100_000),
        },
        Self {
            name: "300,000 a second",
            spans: 1_200_000,
            rate: Some(300_000),
        },
        Self {
            name: "400,000 a second",
            spans: 1_600_000,
            rate: Some(400_000),
        },
        Self {
            name: "flat out",
            spans: 1_000_000,
            rate: None,
        },
    ];

    pub(crate) fn run(self, pipeline: &Pipeline) -> Report {
        for number in 0..1_000 {
            pipeline.make(Item::new(number));
        }
        pipeline.flush();
        let cpu = cpu();
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| self.one_thread(pipeline, start));
            }
        });
        let took = start.elapsed();
        pipeline.finish();
        Report {
            spans: self.spans + 1_000,
            made_a_second: rate(self.spans, took),
            counted: pipeline.counted(),
            cpu: cpu_since(cpu),
            rss: highest_rss(),
        }
    }

    fn one_thread(self, pipeline: &Pipeline, start: Instant) {
        let all = self.spans / THREADS;
        let mut made = 0;
        while made < all {
            let target = match self.rate {
                None => all,
                Some(rate) => all.min(micros(start.elapsed()) * rate / THREADS / 1_000_000),
            };
            for number in made..target {
                pipeline.make(Item::new(number));
            }
            made = made.max(target);
            if made < all {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// What a process did.
pub(crate) struct Report {
    spans: u64,
    made_a_second: u64,
    /// Spans that the engine knows it lost.
    counted: Option<u64>,
    cpu: Duration,
    /// In bytes.
    rss: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self
            .counted
            .map_or("-".to_owned(), |count| count.to_string());
        let cpu = micros(self.cpu);
        write!(
            f,
            "{} {} {counted} {cpu} {}",
            self.spans, self.made_a_second, self.rss
        )
    }
}

impl Report {
    pub(crate) fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [spans, made_a_second, counted, cpu, rss] = words[..] else {
            return None;
        };
        Some(Self {
            spans: spans.parse().ok()?,
            made_a_second: made_a_second.parse().ok()?,
            counted: counted.parse().ok(),
            cpu: Duration::from_micros(cpu.parse().ok()?),
            rss: rss.parse().ok()?,
        })
    }

    /// A row of the table, with what the collector counted.
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    pub(crate) fn row(&self, load: Load, engine: &str, received: u64) -> String {
        let lost = self.spans.saturating_sub(received);
        let counted = self
            .counted
            .map_or("unknown".to_owned(), |counted| counted.to_string());
        format!(
            "| {} | {engine} | {} | {} | {lost} ({:.1} %) | {counted} | {:.2} | {} |",
            load.name,
            self.spans,
            self.made_a_second,
            100.0 * lost as f64 / self.spans as f64,
            micros(self.cpu) as f64 / self.spans as f64,
            self.rss >> 20,
        )
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn rate(spans: u64, took: Duration) -> u64 {
    spans.saturating_mul(1_000_000) / micros(took).max(1)
}

/// What all threads of this process have used.
fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))
        .expect("a clock that does not run backwards")
}

fn cpu_since(before: Duration) -> Duration {
    cpu().saturating_sub(before)
}

/// Zero where the system does not tell.
fn highest_rss() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kilobytes| kilobytes << 10)
}
