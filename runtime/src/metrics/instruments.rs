//! The instruments: statics that know their name, and find the instrument of the SDK where a value goes.

use std::fmt;
use std::sync::{Arc, OnceLock};

use opentelemetry::KeyValue;
use opentelemetry::metrics as api;

use super::pipeline::{self, Spec};
use super::value::Value;

/// What is private about numbers: how an instrument for them is made.
#[allow(unnameable_types, reason = "that is what seals the traits")]
pub(super) mod sealed {
    use std::ops::Neg;

    use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

    use super::Spec;

    pub trait Counted: Sized {
        fn counter(meter: &Meter, spec: &Spec) -> Counter<Self>;
    }

    pub trait Distributed: Sized {
        fn histogram(meter: &Meter, spec: &Spec) -> Histogram<Self>;
    }

    pub trait Balanced: Neg<Output = Self> + Sized {
        fn up_down_counter(meter: &Meter, spec: &Spec) -> UpDownCounter<Self>;
    }

    pub trait Gauged: Sized {
        fn gauge(meter: &Meter, spec: &Spec) -> Gauge<Self>;
    }
}

use sealed::{Balanced, Counted, Distributed, Gauged};

/// What a [`Counter`] counts in: `u64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "a `Counter` does not count in `{Self}`",
    note = "write `Counter<u64>` or `Counter<f64>`; what goes down again is an `UpDownCounter`"
)]
pub trait CounterNumber: Counted + Copy + Send + Sync + 'static {}

/// What an [`UpDownCounter`] counts in: `i64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "an `UpDownCounter` does not count in `{Self}`",
    note = "write `UpDownCounter<i64>` or `UpDownCounter<f64>`"
)]
pub trait UpDownCounterNumber: Balanced + Copy + Send + Sync + 'static {}

/// What a [`Histogram`] takes: `u64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "a `Histogram` does not take `{Self}`",
    note = "write `Histogram<u64>` or `Histogram<f64>`"
)]
pub trait HistogramNumber: Distributed + Copy + Send + Sync + 'static {}

/// What a [`Gauge`] shows: `u64`, `i64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "a `Gauge` does not show `{Self}`",
    note = "write `Gauge<u64>`, `Gauge<i64>` or `Gauge<f64>`"
)]
pub trait GaugeNumber: Gauged + Copy + Send + Sync + 'static {}

macro_rules! numbers {
    ($($public:ident: $private:ident {
        $make:ident -> $instrument:ident { $($number:ty => $method:ident),+ }
    })+) => {$($(
        impl $private for $number {
            fn $make(meter: &api::Meter, spec: &Spec) -> api::$instrument<Self> {
                spec.apply(meter.$method(spec.name)).build()
            }
        }

        impl $public for $number {}
    )+)+};
}

numbers! {
    CounterNumber: Counted { counter -> Counter { u64 => u64_counter, f64 => f64_counter } }
    UpDownCounterNumber: Balanced {
        up_down_counter -> UpDownCounter { i64 => i64_up_down_counter, f64 => f64_up_down_counter }
    }
    GaugeNumber: Gauged { gauge -> Gauge { u64 => u64_gauge, i64 => i64_gauge, f64 => f64_gauge } }
    HistogramNumber: Distributed {
        histogram -> Histogram { u64 => u64_histogram, f64 => f64_histogram }
    }
}

/// What all instruments are: a description, and the instrument of the pipeline that first had a value of it. That is the one of
/// the process; in tests there are others, which are looked up.
struct Handle<I> {
    spec: Spec,
    first: OnceLock<(u64, I)>,
}

impl<I> Handle<I> {
    const fn new(name: &'static str) -> Self {
        Self {
            spec: Spec::new(name),
            first: OnceLock::new(),
        }
    }
}

impl<I: Clone + Send + Sync + 'static> Handle<I> {
    /// Shows the instrument of the current pipeline to `f`, if there is one.
    #[inline]
    fn with<R>(
        &self,
        make: impl FnOnce(&api::Meter, &Spec) -> I,
        f: impl FnOnce(&I) -> R,
    ) -> Option<R> {
        if !pipeline::is_there() {
            return None;
        }
        let found = pipeline::with_current(|pipeline| match self.first.get() {
            Some((number, first)) if *number == pipeline.number() => Ok(f(first)),
            _ => Err((Arc::clone(pipeline), f)),
        });
        match found? {
            Ok(done) => Some(done),
            // Outside of what asks for the current subscriber: there nothing is logged.
            Err((pipeline, f)) => {
                let made = pipeline.instrument(&self.spec, make)?;
                // Who comes first is the one that is kept.
                let _ = self.first.set((pipeline.number(), made.clone()));
                Some(f(&made))
            }
        }
    }
}

impl<I> fmt::Debug for Handle<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)
    }
}

fn attributes<const N: usize>(attributes: [(&'static str, Value); N]) -> [KeyValue; N] {
    attributes.map(|(key, value)| value.under(key))
}

macro_rules! described {
    () => {
        /// An instrument of this name: letters, digits and `_ . - /`, the first a letter, at most 255. Of another name
        /// nothing is recorded, with one warning. The unit is none, and the description empty.
        #[must_use]
        pub const fn new(name: &'static str) -> Self {
            Self(Handle::new(name))
        }

        /// The same with a unit, as [UCUM](https://ucum.org/ucum) writes it: `s`, `By`, `{turn}`.
        #[must_use]
        pub const fn with_unit(mut self, unit: &'static str) -> Self {
            self.0.spec.unit = unit;
            self
        }

        /// The same with a sentence for whoever reads the metric.
        #[must_use]
        pub const fn with_description(mut self, description: &'static str) -> Self {
            self.0.spec.description = description;
            self
        }
    };
}

/// A sum that only grows.
///
/// ```
/// use tracing_relay::metrics::Counter;
///
/// static BYTES: Counter<u64> = Counter::new("app.bytes.sent").with_unit("By");
///
/// BYTES.add(512, [("app.transport", "stdio".into())]);
/// ```
#[derive(Debug)]
pub struct Counter<T>(Handle<api::Counter<T>>);

impl<T> Counter<T> {
    described!();
}

impl<T: CounterNumber> Counter<T> {
    /// Adds a value to the sum of these attributes.
    #[inline]
    pub fn add<const N: usize>(&self, value: T, attributes: [(&'static str, Value); N]) {
        self.0.with(T::counter, |counter| {
            counter.add(value, &self::attributes(attributes));
        });
    }
}

/// A sum that grows and shrinks: how many of something there are.
///
/// ```
/// use tracing_relay::metrics::UpDownCounter;
///
/// static RUNNING: UpDownCounter<i64> = UpDownCounter::new("app.turns.running").with_unit("{turn}");
///
/// fn turn(input: &str) -> Result<u32, std::num::ParseIntError> {
///     let _running = RUNNING.track(1, []);
///     input.parse()
/// }
/// # assert!(turn("x").is_err());
/// ```
#[derive(Debug)]
pub struct UpDownCounter<T>(Handle<api::UpDownCounter<T>>);

impl<T> UpDownCounter<T> {
    described!();
}

impl<T: UpDownCounterNumber> UpDownCounter<T> {
    /// Adds a value, which may be negative, to the sum of these attributes. What is added has to be taken back on every way
    /// out, for which there is [`track`](Self::track).
    #[inline]
    pub fn add<const N: usize>(&self, value: T, attributes: [(&'static str, Value); N]) {
        self.0.with(T::up_down_counter, |counter| {
            counter.add(value, &self::attributes(attributes));
        });
    }

    /// Adds a value until the guard is dropped, which takes it back with the same attributes and from the same metrics,
    /// whatever has changed meanwhile: by a return, a `?`, a panic, or with the future that it was moved into.
    ///
    /// Where there are no metrics now, nothing is added and nothing taken back.
    #[must_use = "dropping it takes the value back"]
    pub fn track<const N: usize>(
        &self,
        value: T,
        attributes: [(&'static str, Value); N],
    ) -> Tracked<T> {
        Tracked(self.0.with(T::up_down_counter, |counter| {
            Held::new(counter, value, self::attributes(attributes).into())
        }))
    }
}

/// A value of an [`UpDownCounter`] that is taken back when this is dropped. It may be dropped on any thread.
#[must_use = "dropping it takes the value back"]
pub struct Tracked<T: UpDownCounterNumber>(Option<Held<T>>);

impl<T: UpDownCounterNumber> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").finish_non_exhaustive()
    }
}

/// The same where there are metrics.
pub(super) struct Held<T: UpDownCounterNumber> {
    counter: api::UpDownCounter<T>,
    value: T,
    attributes: Box<[KeyValue]>,
}

impl<T: UpDownCounterNumber> Held<T> {
    pub(super) fn new(
        counter: &api::UpDownCounter<T>,
        value: T,
        attributes: Box<[KeyValue]>,
    ) -> Self {
        counter.add(value, &attributes);
        Self {
            counter: counter.clone(),
            value,
            attributes,
        }
    }
}

impl<T: UpDownCounterNumber> Drop for Held<T> {
    fn drop(&mut self) {
        self.counter.add(-self.value, &self.attributes);
    }
}

/// How values are distributed: their number, their sum, and how many are in each bucket.
///
/// ```
/// use tracing_relay::metrics::Histogram;
///
/// static SIZE: Histogram<u64> = Histogram::new("app.message.size")
///     .with_unit("By")
///     .with_boundaries(&[64.0, 1024.0, 65536.0]);
///
/// SIZE.record(100, []);
/// ```
#[derive(Debug)]
pub struct Histogram<T>(Handle<api::Histogram<T>>);

impl<T> Histogram<T> {
    described!();

    /// The same with these upper bounds of buckets, in order; those of the SDK are 0 to 10,000, for milliseconds.
    #[must_use]
    pub const fn with_boundaries(mut self, boundaries: &'static [f64]) -> Self {
        self.0.spec.boundaries = Some(boundaries);
        self
    }
}

impl<T: HistogramNumber> Histogram<T> {
    /// Takes a value, with these attributes. A negative one, and one that is no number, is the caller's mistake: the SDK
    /// takes it as it is.
    #[inline]
    pub fn record<const N: usize>(&self, value: T, attributes: [(&'static str, Value); N]) {
        self.0.with(T::histogram, |histogram| {
            histogram.record(value, &self::attributes(attributes));
        });
    }
}

/// A value that is what it is now: the last one counts.
///
/// ```
/// use tracing_relay::metrics::Gauge;
///
/// static DEPTH: Gauge<u64> = Gauge::new("app.queue.depth").with_unit("{message}");
///
/// DEPTH.record(3, [("app.queue", "submissions".into())]);
/// ```
#[derive(Debug)]
pub struct Gauge<T>(Handle<api::Gauge<T>>);

impl<T> Gauge<T> {
    described!();
}

impl<T: GaugeNumber> Gauge<T> {
    /// Shows a value from now on, under these attributes.
    #[inline]
    pub fn record<const N: usize>(&self, value: T, attributes: [(&'static str, Value); N]) {
        self.0.with(T::gauge, |gauge| {
            gauge.record(value, &self::attributes(attributes));
        });
    }
}
