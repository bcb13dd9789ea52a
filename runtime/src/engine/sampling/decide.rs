//! [`Sampling`]: a sampler as it is asked for each span.

use std::sync::atomic::{AtomicBool, Ordering};

use super::rate::RateLimit;
use super::rules::{Candidate, Rules};
use super::state::{self, Said};
use super::threshold::{OwnRatio, Randomness, Threshold};
use super::{ByParent, Sampler};
use crate::context::TraceContext;
use crate::ids::TraceId;

/// What was decided about a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) sampled: bool,
    state: Change,
    /// Whose limit may still say no.
    pub(crate) limit: Option<LimitNumber>,
    /// Whether an id was taken for random that does not say so.
    presumes: bool,
}

/// What becomes of the threshold in the `tracestate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Stays,
    Goes,
    Is(Threshold),
    /// Where there is any.
    Becomes(Threshold),
}

impl Decision {
    const DROPPED: Self = Self::new(false, Change::Stays);

    /// What a rule leaves out, whatever the parent said.
    pub(super) const NEVER: Self = Self::new(false, Change::Goes);

    const fn new(sampled: bool, state: Change) -> Self {
        Self {
            sampled,
            state,
            limit: None,
            presumes: false,
        }
    }

    /// Sampled if there is room, without a threshold, because nobody knows of how many traces this is one.
    const fn limited(number: LimitNumber) -> Self {
        Self {
            limit: Some(number),
            ..Self::new(true, Change::Goes)
        }
    }

    /// The context with what the decision makes of its flags and its state.
    pub(crate) fn applied_to(self, context: TraceContext) -> TraceContext {
        let context = context.into_sampled(self.sampled);
        let before = context.tracestate();
        let threshold = match self.state {
            Change::Stays => return context,
            Change::Is(threshold) => Some(threshold),
            Change::Goes => None,
            Change::Becomes(threshold) => match before.map(state::threshold) {
                None | Some(Said::Nothing) => return context,
                Some(Said::Nonsense | Said::Threshold(_)) => Some(threshold),
            },
        };
        if threshold.is_none() && before.is_none() {
            return context;
        }
        let after = state::with_threshold(before, threshold);
        context.with_tracestate(after)
    }
}

/// A sampler, looked through once.
#[derive(Debug)]
pub(crate) struct Sampling {
    /// What is decided about the first span of each trace, if that is the same for all.
    root: Option<bool>,
    /// Whether each parent is followed.
    follows: bool,
    below_remote: Usual,
    below_local: Usual,
    all: Decider,
    parts: Parts,
    /// Whether ids of callers were taken for random that do not say so.
    presumed: AtomicBool,
}

/// What the places of a sampler have of their own.
#[derive(Debug, Default)]
struct Parts {
    rules: Vec<Rules>,
    limits: Vec<RateLimit>,
}

/// What is decided about most spans, at a look.
#[derive(Clone, Copy, Debug)]
enum Usual {
    On,
    Off,
    /// What the parent says.
    Follow,
    /// More has to be known.
    Ask,
}

/// Which rules of a sampler are to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RulesNumber(u16);

/// Which limit of a sampler is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LimitNumber(u16);

#[derive(Clone, Debug)]
enum Decider {
    On,
    Off,
    /// What the parent says.
    Follow,
    TraceIdRatio(f64),
    Probability(Threshold),
    ByParent(Box<Branches>),
    /// What a limit of this number lets through. It is asked when rules are, and has a number among them.
    RateLimiting(RulesNumber, LimitNumber),
    /// Rules of this number, and what is decided where none matches.
    Rules(RulesNumber, Box<Self>),
}

#[derive(Clone, Debug)]
struct Branches {
    root: Decider,
    remote_sampled: Decider,
    remote_not_sampled: Decider,
    local_sampled: Decider,
    local_not_sampled: Decider,
}

impl Sampling {
    pub(crate) fn new(sampler: &Sampler) -> Self {
        let mut parts = Parts::default();
        let all = Decider::of(sampler, &mut parts);
        let (root, below_remote, below_local) = match &all {
            Decider::ByParent(branches) => (
                branches.root.usual(),
                branches
                    .remote_sampled
                    .usual()
                    .and(branches.remote_not_sampled.usual()),
                branches
                    .local_sampled
                    .usual()
                    .and(branches.local_not_sampled.usual()),
            ),
            Decider::Rules(..) | Decider::RateLimiting(..) => {
                (Usual::Ask, Usual::Ask, Usual::Follow)
            }
            all => (all.usual(), all.usual(), all.usual()),
        };
        Self {
            root: match root {
                Usual::On => Some(true),
                Usual::Off => Some(false),
                Usual::Follow | Usual::Ask => None,
            },
            follows: matches!((below_remote, below_local), (Usual::Follow, Usual::Follow)),
            below_remote,
            below_local,
            all,
            parts,
            presumed: AtomicBool::new(false),
        }
    }

    /// Whether a span is sampled, where that is to be seen at a look and leaves the `tracestate` as it is.
    #[inline]
    pub(crate) fn usual(&self, parent: Option<&TraceContext>, own: &OwnRatio) -> Option<bool> {
        match parent {
            None if matches!(own, OwnRatio::Unsaid) => self.root,
            None => None,
            Some(parent) if self.follows && (parent.is_plain() || !parent.is_remote()) => {
                Some(parent.flags().is_sampled())
            }
            Some(parent) => self.usual_below(parent),
        }
    }

    #[inline(never)]
    fn usual_below(&self, parent: &TraceContext) -> Option<bool> {
        let usual = if parent.is_remote() {
            self.below_remote
        } else {
            self.below_local
        };
        let stays = parent.tracestate().is_none();
        match usual {
            Usual::Follow if stays || !parent.is_remote() => Some(parent.flags().is_sampled()),
            Usual::On if stays => Some(true),
            Usual::Off if stays => Some(false),
            _ => None,
        }
    }

    /// Which rules are to be asked about a span that starts below this parent.
    pub(crate) fn rules_for(&self, parent: Option<&TraceContext>) -> Option<RulesNumber> {
        if parent.is_some_and(|parent| !parent.is_remote()) {
            return None;
        }
        self.all.rules_for(parent)
    }

    /// Whether rules ask for attributes, and whether they ask for names.
    pub(crate) fn need(&self, RulesNumber(number): RulesNumber) -> (bool, bool) {
        let rules = self.parts.rules.get(usize::from(number));
        rules.map_or((false, false), Rules::need)
    }

    /// What rules say of a span that begins with this context, if they say anything.
    pub(crate) fn by_rules(
        &self,
        RulesNumber(number): RulesNumber,
        context: &TraceContext,
        span: &Candidate<'_>,
    ) -> Option<Decision> {
        let rules = self.parts.rules.get(usize::from(number))?;
        self.noticed(rules.decide(context, span))
    }

    /// Whether there is room for one more trace.
    pub(crate) fn admits(&self, LimitNumber(number): LimitNumber) -> bool {
        let limit = self.parts.limits.get(usize::from(number));
        limit.is_some_and(RateLimit::admits)
    }

    /// There was room for a trace that begins somewhere else.
    pub(crate) fn give_back(&self, LimitNumber(number): LimitNumber) {
        if let Some(limit) = self.parts.limits.get(usize::from(number)) {
            limit.give_back();
        }
    }

    /// Whether ids were taken for random that do not say so.
    pub(crate) fn has_presumed(&self) -> bool {
        self.presumed.load(Ordering::Relaxed)
    }

    fn noticed(&self, decision: Option<Decision>) -> Option<Decision> {
        let presumes = decision.is_some_and(|decision| decision.presumes);
        if presumes && !self.has_presumed() {
            self.presumed.store(true, Ordering::Relaxed);
        }
        decision
    }

    /// The decision on a span below another one.
    pub(crate) fn below(&self, parent: &TraceContext) -> Decision {
        let decision = self.all.below(parent);
        self.noticed(Some(decision)).unwrap_or(decision)
    }

    /// The decision on the first span of a trace.
    pub(crate) fn root(&self, context: &TraceContext, own: &OwnRatio) -> Decision {
        match self.counted(own) {
            OwnRatio::Unsaid => self.all.root(context),
            OwnRatio::Nothing => Decision::DROPPED,
            OwnRatio::Of(threshold) => threshold.decide(context),
        }
    }

    /// Whether the decision on the first span of a trace needs a random number that other services know.
    pub(crate) fn needs_randomness(&self, own: &OwnRatio) -> bool {
        self.parts.rules.iter().any(Rules::need_randomness)
            || match self.counted(own) {
                OwnRatio::Unsaid => matches!(self.all.of_roots(), Decider::Probability(_)),
                OwnRatio::Nothing => false,
                OwnRatio::Of(_) => true,
            }
    }

    /// What a span says itself counts for nothing where all spans are exported, or none.
    const fn counted(&self, own: &OwnRatio) -> OwnRatio {
        match self.all {
            Decider::On | Decider::Off => OwnRatio::Unsaid,
            _ => *own,
        }
    }
}

impl Usual {
    /// What counts for both of two kinds of parents.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Follow, Self::Follow) => Self::Follow,
            _ => Self::Ask,
        }
    }
}

impl Decider {
    const fn usual(&self) -> Usual {
        match self {
            Self::On => Usual::On,
            Self::Off => Usual::Off,
            Self::Follow => Usual::Follow,
            Self::TraceIdRatio(_)
            | Self::Probability(_)
            | Self::ByParent(_)
            | Self::RateLimiting(..)
            | Self::Rules(..) => Usual::Ask,
        }
    }

    fn of(sampler: &Sampler, parts: &mut Parts) -> Self {
        match sampler {
            Sampler::AlwaysOn => Self::On,
            Sampler::AlwaysOff => Self::Off,
            Sampler::TraceIdRatio(ratio) => Self::TraceIdRatio(*ratio),
            Sampler::Probability(ratio) => {
                Threshold::of_ratio(*ratio).map_or(Self::Off, Self::Probability)
            }
            Sampler::ParentBased(root) => Self::ByParent(Box::new(Branches {
                root: Self::of(root, parts),
                remote_sampled: Self::Follow,
                remote_not_sampled: Self::Follow,
                local_sampled: Self::Follow,
                local_not_sampled: Self::Follow,
            })),
            Sampler::ByParent(by_parent) => {
                let ByParent {
                    root,
                    remote_sampled,
                    remote_not_sampled,
                    local_sampled,
                    local_not_sampled,
                } = &**by_parent;
                let root = Self::of(root, parts);
                // A sampler that says the same as these parents do.
                let (on, off) = (&Sampler::AlwaysOn, &Sampler::AlwaysOff);
                let mut branch = |sampler: &Sampler, they: &Sampler| {
                    if sampler == they {
                        Self::Follow
                    } else {
                        Self::of(sampler, parts)
                    }
                };
                Self::ByParent(Box::new(Branches {
                    root,
                    remote_sampled: branch(remote_sampled, on),
                    remote_not_sampled: branch(remote_not_sampled, off),
                    local_sampled: branch(local_sampled, on),
                    local_not_sampled: branch(local_not_sampled, off),
                }))
            }
            Sampler::Rules(some) => {
                let otherwise = Box::new(Self::of(&some.otherwise, parts));
                Self::Rules(parts.add((**some).clone()), otherwise)
            }
            Sampler::RateLimiting(rate) => RateLimit::new(*rate).map_or(Self::Off, |limit| {
                let number = LimitNumber(u16::try_from(parts.limits.len()).unwrap_or(u16::MAX));
                parts.limits.push(limit);
                Self::RateLimiting(parts.add(Rules::new([])), number)
            }),
        }
    }

    fn rules_for(&self, parent: Option<&TraceContext>) -> Option<RulesNumber> {
        match (self, parent) {
            (Self::Rules(number, _) | Self::RateLimiting(number, _), _) => Some(*number),
            (Self::ByParent(branches), None) => branches.root.rules_for(parent),
            (Self::ByParent(branches), Some(context)) => branches.of(context).rules_for(parent),
            _ => None,
        }
    }

    /// What is asked for the first span of a trace.
    fn of_roots(&self) -> &Self {
        match self {
            Self::ByParent(branches) => branches.root.of_roots(),
            Self::Rules(_, otherwise) => otherwise.of_roots(),
            other => other,
        }
    }

    fn root(&self, context: &TraceContext) -> Decision {
        match self.of_roots() {
            Self::On => Decision::new(true, Change::Stays),
            Self::TraceIdRatio(ratio) => {
                Decision::new(is_in_ratio(*ratio, context.trace_id()), Change::Stays)
            }
            Self::Probability(threshold) => threshold.decide(context),
            Self::RateLimiting(_, number) => Decision::limited(*number),
            Self::Off | Self::Follow | Self::ByParent(_) | Self::Rules(..) => Decision::DROPPED,
        }
    }

    fn below(&self, parent: &TraceContext) -> Decision {
        let sampled = parent.flags().is_sampled();
        match self {
            Self::On => Decision::new(true, Change::Becomes(Threshold::NONE)),
            Self::Off => Decision::new(false, Change::Goes),
            Self::Follow => Decision::new(sampled, check(parent)),
            Self::TraceIdRatio(ratio) => {
                Decision::new(is_in_ratio(*ratio, parent.trace_id()), Change::Goes)
            }
            Self::Probability(threshold) => threshold.decide(parent),
            Self::ByParent(branches) => branches.of(parent).below(parent),
            Self::Rules(..) | Self::RateLimiting(..) if !parent.is_remote() => {
                Decision::new(sampled, Change::Stays)
            }
            Self::RateLimiting(_, number) => Decision::limited(*number),
            Self::Rules(_, otherwise) => otherwise.below(parent),
        }
    }
}

impl Parts {
    fn add(&mut self, rules: Rules) -> RulesNumber {
        let number = u16::try_from(self.rules.len()).unwrap_or(u16::MAX);
        self.rules.push(rules);
        RulesNumber(number)
    }
}

impl Branches {
    /// That for spans below this parent.
    fn of(&self, parent: &TraceContext) -> &Decider {
        match (parent.is_remote(), parent.flags().is_sampled()) {
            (true, true) => &self.remote_sampled,
            (true, false) => &self.remote_not_sampled,
            (false, true) => &self.local_sampled,
            (false, false) => &self.local_not_sampled,
        }
    }
}

impl Threshold {
    pub(super) fn decide(self, context: &TraceContext) -> Decision {
        let decision = if self.keeps(Randomness::of(context)) {
            Decision::new(true, Change::Is(self))
        } else {
            Decision::new(false, Change::Goes)
        };
        Decision {
            presumes: self != Self::NONE && Randomness::is_presumed(context),
            ..decision
        }
    }
}

/// What becomes of the threshold of a parent that is followed: one that came from elsewhere, and that the sampled flag
/// contradicts, says nothing about how many traces were left out.
fn check(parent: &TraceContext) -> Change {
    let Some(state) = parent.tracestate() else {
        return Change::Stays;
    };
    if !parent.is_remote() || !parent.flags().is_sampled() {
        return Change::Stays;
    }
    match state::threshold(state) {
        Said::Nothing => Change::Stays,
        Said::Threshold(threshold) if threshold.keeps(Randomness::of(parent)) => Change::Stays,
        Said::Threshold(_) | Said::Nonsense => Change::Goes,
    }
}

/// The same traces as the samplers of OpenTelemetry's SDKs choose.
fn is_in_ratio(ratio: f64, trace_id: TraceId) -> bool {
    if ratio >= 1.0 {
        return true;
    }
    let all = u128::from_be_bytes(trace_id.to_bytes());
    // The last eight bytes, but for their last bit.
    let drawn = (all & u128::from(u64::MAX)) >> 1;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a ratio is between 0 and 1, and what is below or no number is 0"
    )]
    let bound = (ratio * (1u64 << 63) as f64) as u128;
    drawn < bound
}

/// The context of a trace whose id may not be random, with a number that is.
#[cold]
pub(crate) fn with_randomness(context: TraceContext, number: u64) -> TraceContext {
    let randomness = Randomness::of_number(number);
    let state = state::with_randomness(context.tracestate(), randomness);
    context.with_tracestate(state)
}

#[cfg(test)]
mod tests;
