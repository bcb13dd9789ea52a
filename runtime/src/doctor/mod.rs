//! The doctor: why there are no traces, in words.
//!
//! It sends a probe through what the process really has, its subscriber, its filters, its sampler, its exporter, and says
//! what is wrong and what to write instead. Where nothing is wrong, it says what it saw.
//!
//! ```no_run
//! use tracing_relay::telemetry::Telemetry;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let telemetry = Telemetry::from_env().init()?;
//!     println!("{}", telemetry.doctor());
//!     Ok(())
//! }
//! ```
//!
//! `Telemetry::doctor` (feature `telemetry`) knows the settings and the collector as well. On an engine or a provider of one's
//! own, [`examine`] and [`Examination`] do what can be done without.
//!
//! ```text
//! error[unreachable]: http://localhost:4318/v1/traces cannot be reached: error sending request: client error (Connect): …
//!   help: start the collector, or write where it is into `OTEL_EXPORTER_OTLP_ENDPOINT`; …
//! ok: a span of target `tracing_relay.doctor` at INFO is recorded, by the engine
//! ```
//!
//! # In a test
//!
//! A service can hold its set-up to it, [`Diagnosis::assert_healthy`] panics with the text:
//!
//! ```
//! use opentelemetry_sdk::trace::InMemorySpanExporter;
//! use tracing_relay::doctor::{self, Problem};
//! use tracing_relay::engine::Engine;
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! // What the service does in its `main`, with another exporter.
//! let engine = Engine::builder().with_exporter(InMemorySpanExporter::default()).build()?;
//! let subscriber = tracing_subscriber::registry().with(engine.layer());
//!
//! tracing::subscriber::with_default(subscriber, || {
//!     // This service has no code on OpenTelemetry's API.
//!     doctor::examine().without(Problem::NoPropagator).assert_healthy();
//! });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # The probe
//!
//! A probe is a span without a parent, of the name `tracing_relay.doctor`, and of the target and the level that are
//! [named](Examination::with_span), which are `tracing_relay.doctor` and `INFO` otherwise. It is exported like any other. There is
//! one for each name; where one is not recorded, one more for each level; where it is not sampled, more of them until one
//! is, a thousand at most. For each target and level some 300 bytes are kept for the life of the process.
//!
//! An examination blocks this thread until what has ended is exported, within its [time](Examination::with_timeout), and no other.
//! It does not panic: a panic in code of the program, a layer or an exporter, is a finding.

mod delivery;
mod diagnosis;
mod directives;
#[cfg(feature = "lock-file")]
mod lock;
mod probe;
mod propagation;
mod recording;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tracing::Level;

pub use diagnosis::{Diagnosis, Finding, Problem, Severity};
#[cfg(feature = "lock-file")]
pub use lock::{lock_file, lock_text};

#[cfg(feature = "telemetry")]
pub(crate) use delivery::{add_reason, is_alone_on_its_runtime};
pub(crate) use recording::By;

/// Examines the subscriber of this thread, and the engine in it: [`Examination::run`] with nothing more said.
pub fn examine() -> Diagnosis {
    Examination::new().run()
}

/// What is examined.
///
/// ```
/// use std::time::Duration;
/// use tracing::Level;
/// use tracing_relay::doctor::Examination;
///
/// let diagnosis = Examination::new()
///     .with_span("orders::db", Level::DEBUG)
///     .with_timeout(Duration::from_secs(2))
///     .run();
/// // There is no subscriber here.
/// println!("{diagnosis}");
/// assert!(!diagnosis.is_healthy());
/// ```
#[must_use = "an examination does nothing until it is run"]
pub struct Examination {
    spans: Vec<(String, Level)>,
    directives: Option<String>,
    timeout: Duration,
    flush: Option<Flush>,
}

/// Exports what waits, and says why that failed.
type Flush = Box<dyn FnOnce() -> Result<(), String> + Send>;

impl Default for Examination {
    fn default() -> Self {
        Self::new()
    }
}

impl Examination {
    /// One of a span of the doctor's own target at `INFO`, with five seconds.
    pub fn new() -> Self {
        Self {
            spans: Vec::new(),
            directives: None,
            timeout: Duration::from_secs(5),
            flush: None,
        }
    }

    /// A target and a level of spans that should be recorded, in place of the doctor's own. The target of a span is the path of
    /// its module, unless it says another. May be called several times.
    pub fn with_span(mut self, target: impl Into<String>, level: Level) -> Self {
        self.spans.push((target.into(), level));
        self
    }

    /// The directives of the filter, where they are not in `RUST_LOG`: what an `EnvFilter` or `Targets` prints.
    pub fn with_directives(mut self, directives: impl Into<String>) -> Self {
        self.directives = Some(directives.into());
        self
    }

    /// How long the delivery may take, five seconds unless set. An exporter may try longer than that; what its last attempt
    /// failed of is said all the same where it is known.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How what waits is exported where there is no engine: `move || provider.force_flush()`. It runs on a thread of its own,
    /// and is not waited for longer than the timeout.
    pub fn with_flush<E: fmt::Display>(
        mut self,
        flush: impl FnOnce() -> Result<(), E> + Send + 'static,
    ) -> Self {
        self.flush = Some(Box::new(|| flush().map_err(|error| error.to_string())));
        self
    }

    /// Looks, and says what it saw.
    pub fn run(mut self) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        let flush = self.flush.take();
        let timeout = self.timeout;
        if let Some(by) = self.look(&mut diagnosis) {
            delivery::examine(&by, flush, timeout, &mut diagnosis);
        }
        diagnosis
    }

    /// Everything but the delivery; who recorded a probe that is sampled.
    pub(crate) fn look(&self, diagnosis: &mut Diagnosis) -> Option<By> {
        let own = [(probe::NAME.to_owned(), Level::INFO)];
        let spans = if self.spans.is_empty() {
            &own[..]
        } else {
            &self.spans
        };
        let directives = self.directives.clone();
        let directives = directives.or_else(|| std::env::var("RUST_LOG").ok());
        let recorded = guarded("the subscriber", diagnosis, |diagnosis| {
            recording::examine(spans, directives.as_deref(), diagnosis)
        });
        guarded("the propagator", diagnosis, propagation::examine);
        recorded.flatten()
    }

    #[cfg(feature = "telemetry")]
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }
}

impl fmt::Debug for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination")
            .field("spans", &self.spans)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Code of the program, whose panic is a finding.
fn guarded<R>(
    whose: &str,
    diagnosis: &mut Diagnosis,
    f: impl FnOnce(&mut Diagnosis) -> R,
) -> Option<R> {
    let done = catch_unwind(AssertUnwindSafe(|| f(diagnosis)));
    done.map_err(|panic| {
        let text = text_of(&*panic);
        diagnosis.find(
            Problem::Panicked,
            format!("{whose} panicked while it was examined: {text}"),
            "the message above the backtrace on stderr says where; take out layers one by one until it is gone",
        );
    })
    .ok()
}

/// What a panic says.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a text")
}
