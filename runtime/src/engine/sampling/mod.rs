//! Which spans are recorded: what an application says ([`Sampler`]), and how it is decided for each span.

mod decide;
mod rate;
mod rules;
mod state;
mod threshold;

pub(crate) use decide::{LimitNumber, RulesNumber, Sampling, with_randomness};
pub(crate) use rules::Candidate;
pub use rules::{Rule, Rules};
pub(crate) use threshold::OwnRatio;

/// Decides at the start of a span whether it is recorded and exported
/// ([OpenTelemetry, sampling](https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling)). A span that is
/// not has a context all the same, which travels on without the sampled flag.
///
/// ```
/// use tracing_relay::engine::{ByParent, Sampler};
///
/// // A tenth of the traces that start here, and of all others what their services say.
/// let usual = Sampler::ParentBased(Box::new(Sampler::Probability(0.1)));
///
/// // The same, but this service decides for itself where another one did not sample.
/// let own = Sampler::from(ByParent::new(Sampler::Probability(0.1)).decide_here());
/// # let _ = (usual, own);
/// ```
///
/// # Thresholds
///
/// [`Probability`](Self::Probability) says in the member `ot` of the `tracestate` which part of the traces it kept
/// (`th`), so that others can count what was left out. A service that decides otherwise corrects that: it is put right
/// where the part is known, and taken out where it is not. Who follows the parent leaves it, unless the sampled flag of a
/// remote parent contradicts it: then it is taken out. A `tracestate` without it is never touched by the other samplers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sampler {
    /// Every span.
    AlwaysOn,
    /// No span.
    AlwaysOff,
    /// This part of all traces, by the trace id: 0.0 is none, 1.0 is all. Services with the same ratio keep
    /// the same traces, if their SDKs decide as OpenTelemetry's for Rust does. [`Probability`](Self::Probability) is
    /// the same for everybody, and for different ratios.
    TraceIdRatio(f64),
    /// This part of all traces, by the random number that all services of a trace know: 0.0 is none, 1.0 is all. What
    /// a service with a small ratio keeps, one with a greater ratio keeps too, whatever its language
    /// ([OpenTelemetry, probability sampling](https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/)).
    ///
    /// The random number is `rv` of the member `ot` of the `tracestate`, else the last seven bytes of the trace id,
    /// which are taken for random also where the flag that promises it is missing, with a warning once in the log. Traces that start with ids of a
    /// [generator of one's own](super::Builder::with_id_generator), which may not be random, get an `rv`. The ratio is
    /// rounded to four hexadecimal digits, to within an eight-thousandth of itself.
    ///
    /// A trace that is kept costs two allocations where it starts, for its `tracestate`.
    Probability(f64),
    /// No more than so many traces a second: after a pause as many at once as a second is worth, or one where that is less;
    /// 0.0 is none. As the root of [`ParentBased`](Self::ParentBased) it counts the traces that start here; in a place of
    /// [`ByParent`] those that come in from there; alone both. It is asked where a trace begins in this process or comes
    /// into it, and what is below does as its parent, so that no trace is kept in parts. Wherever it stands it counts for
    /// itself.
    ///
    /// What part of the traces that is, nobody knows: so it takes the threshold out of the `tracestate`, and what a backend
    /// counts are the traces that it has. Use [`Probability`](Self::Probability) where counts matter, and this where a
    /// burst must not cost more than so much.
    ///
    /// ```
    /// use tracing_relay::engine::Sampler;
    ///
    /// let sampler = Sampler::ParentBased(Box::new(Sampler::RateLimiting(10.0)));
    /// # let _ = sampler;
    /// ```
    RateLimiting(f64),
    /// As the parent, and for the first span of a trace as this says.
    ParentBased(Box<Self>),
    /// The same, with a sampler for each kind of parent.
    ByParent(Box<ByParent>),
    /// Rules by name, kind and attributes for spans where a trace begins or comes in.
    Rules(Box<Rules>),
}

/// A sampler for each kind of parent
/// ([OpenTelemetry, `ParentBased`](https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased)). A parent is
/// remote where its context came from another process.
///
/// [`AlwaysOn`](Sampler::AlwaysOn) for a sampled parent and [`AlwaysOff`](Sampler::AlwaysOff) for one that is not are
/// what it says itself, with the threshold that it has.
///
/// ```
/// use tracing_relay::engine::{ByParent, Sampler};
///
/// let mut by_parent = ByParent::new(Sampler::AlwaysOn);
/// // Callers that sample everything are cut down to a twentieth.
/// by_parent.remote_sampled = Sampler::Probability(0.05);
/// let sampler = Sampler::from(by_parent);
/// # let _ = sampler;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ByParent {
    /// For a span without a parent.
    pub root: Sampler,
    /// For a span whose parent is in another process and sampled; [`Sampler::AlwaysOn`].
    pub remote_sampled: Sampler,
    /// For a span whose parent is in another process and not sampled; [`Sampler::AlwaysOff`].
    pub remote_not_sampled: Sampler,
    /// For a span whose parent is in this process and sampled; [`Sampler::AlwaysOn`].
    pub local_sampled: Sampler,
    /// For a span whose parent is in this process and not sampled; [`Sampler::AlwaysOff`].
    pub local_not_sampled: Sampler,
}

impl ByParent {
    /// As the parent, and for the first span of a trace as `root` says.
    #[must_use]
    pub const fn new(root: Sampler) -> Self {
        Self {
            root,
            remote_sampled: Sampler::AlwaysOn,
            remote_not_sampled: Sampler::AlwaysOff,
            local_sampled: Sampler::AlwaysOn,
            local_not_sampled: Sampler::AlwaysOff,
        }
    }

    /// The same, but a trace that another service did not sample is decided on here, as if it started here: for a
    /// service that wants its own spans whatever its callers do. They stay in the caller's trace, whose other spans
    /// are missing, and what this service calls is told that the trace is sampled.
    ///
    /// With [`Sampler::Probability`] that keeps what the caller dropped only where its ratio was smaller.
    #[must_use]
    pub fn decide_here(mut self) -> Self {
        self.remote_not_sampled = self.root.of_roots().clone();
        self
    }
}

impl From<ByParent> for Sampler {
    fn from(by_parent: ByParent) -> Self {
        Self::ByParent(Box::new(by_parent))
    }
}

impl Sampler {
    /// As the parent, and all traces that start here: what services usually do, and the default.
    #[must_use]
    pub fn parent_based() -> Self {
        Self::ParentBased(Box::new(Self::AlwaysOn))
    }

    /// What is asked for the first span of a trace.
    fn of_roots(&self) -> &Self {
        match self {
            Self::ParentBased(root) => root.of_roots(),
            Self::ByParent(by_parent) => by_parent.root.of_roots(),
            other => other,
        }
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::parent_based()
    }
}
