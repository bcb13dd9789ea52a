//! [`Rules`]: samplers for some of the places where a trace begins or comes in.

use std::borrow::Cow;

use super::Sampler;
use super::decide::Decision;
use super::threshold::Threshold;
use crate::context::TraceContext;
use crate::span::Kind;

/// Rules that are asked in order where a trace begins in this process or comes into it; the first that matches counts,
/// and where none does, the sampler behind them. What is below in this process does as its parent.
///
/// ```
/// use tracing_relay::engine::{Engine, Rule, Rules, Sampler};
///
/// let rules = Rules::new([
///     Rule::never().attribute("url.path", "/health"),
///     Rule::never().attribute("url.path", "/status*"),
///     Rule::ratio(0.01).name("poll"),
/// ]);
/// let tenth = Sampler::ParentBased(Box::new(Sampler::Probability(0.1)));
/// let engine = Engine::builder().with_sampler(rules.otherwise(tenth)).build()?;
/// # drop(engine);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A rule counts before the parent: a request to `/health` is left out also where its caller was sampled, and what it
/// calls is told so.
///
/// Rules see what is known when the span starts: its name as exported, its kind, and the attributes that are recorded when
/// it opens, with `fields(…)` and the like. What a function learns later (`late`, `on_ok`) comes too late. For spans that
/// others make with `tracing` it is what they are made with.
///
/// Where a rule names an attribute, the values of each such span are read before it is decided, also of those that are then
/// not sampled; without, nothing more is read than otherwise. Spans below cost nothing more in any case.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    pub(super) rules: Vec<Rule>,
    pub(super) otherwise: Sampler,
}

impl Rules {
    /// These rules, and otherwise [`Sampler::parent_based`].
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self {
            rules: rules.into_iter().collect(),
            otherwise: Sampler::parent_based(),
        }
    }

    /// The same rules with this sampler where none of them matches.
    #[must_use]
    pub fn otherwise(mut self, sampler: impl Into<Sampler>) -> Self {
        self.otherwise = sampler.into();
        self
    }

    /// Whether any of them is about an attribute, and whether any is about a name.
    pub(super) fn need(&self) -> (bool, bool) {
        let rules = || self.rules.iter();
        (
            rules().any(|rule| !rule.attributes.is_empty()),
            rules().any(|rule| rule.name.is_some()),
        )
    }

    /// Whether any of them needs a random number that other services know.
    pub(super) fn need_randomness(&self) -> bool {
        self.rules.iter().any(|rule| {
            let all = Some(Threshold::NONE);
            rule.threshold.is_some() && rule.threshold != all
        })
    }

    /// The decision on a span that begins with this context, if any rule matches.
    pub(super) fn decide(&self, context: &TraceContext, span: &Candidate<'_>) -> Option<Decision> {
        let rule = self.rules.iter().find(|rule| rule.matches(span))?;
        Some(match rule.threshold {
            Some(threshold) => threshold.decide(context),
            None => Decision::NEVER,
        })
    }
}

impl From<Rules> for Sampler {
    fn from(rules: Rules) -> Self {
        Self::Rules(Box::new(rules))
    }
}

/// One of the [`Rules`]: what it decides, and on which spans. Everything that it asks for has to be so; a rule that asks for
/// nothing matches each span.
///
/// A text that ends with `*` matches everything that begins with what is before it; any other has to be equal. Values
/// that are no text are compared as they would be printed.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a rule does nothing until it is among the rules of a sampler"]
pub struct Rule {
    /// None keeps nothing.
    threshold: Option<Threshold>,
    name: Option<Pattern>,
    kind: Option<Kind>,
    attributes: Vec<(String, Pattern)>,
}

impl Rule {
    const fn new(threshold: Option<Threshold>) -> Self {
        Self {
            threshold,
            name: None,
            kind: None,
            attributes: Vec::new(),
        }
    }

    /// No such span.
    pub const fn never() -> Self {
        Self::new(None)
    }

    /// All such spans: the same as a [`ratio`](Self::ratio) of 1.0.
    pub const fn always() -> Self {
        Self::new(Some(Threshold::NONE))
    }

    /// This part of the traces with such spans, as [`Sampler::Probability`]: 0.0 is none, 1.0 is all.
    pub const fn ratio(ratio: f64) -> Self {
        Self::new(Threshold::of_ratio(ratio))
    }

    /// Only spans of this name, as it is exported; the last name counts.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(Pattern::new(name.into()));
        self
    }

    /// Only spans of this kind.
    pub const fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Only spans that start with an attribute of this key and value, besides others that were named before.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes
            .push((key.into(), Pattern::new(value.into())));
        self
    }

    fn matches(&self, span: &Candidate<'_>) -> bool {
        self.kind.is_none_or(|kind| kind == span.kind)
            && self
                .name
                .as_ref()
                .is_none_or(|name| name.matches(&span.name))
            && self.attributes.iter().all(|(key, pattern)| {
                (span.attribute)(key).is_some_and(|value| pattern.matches(&value))
            })
    }
}

/// A span that rules are asked about.
pub(crate) struct Candidate<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) kind: Kind,
    /// The value of an attribute, as text.
    pub(crate) attribute: &'a dyn Fn(&str) -> Option<Cow<'a, str>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Pattern {
    Is(String),
    BeginsWith(String),
}

impl Pattern {
    fn new(text: String) -> Self {
        match text.strip_suffix('*') {
            Some(beginning) => Self::BeginsWith(beginning.to_owned()),
            None => Self::Is(text),
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Is(whole) => text == whole,
            Self::BeginsWith(beginning) => text.starts_with(beginning.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate<'a>(
        name: &'a str,
        kind: Kind,
        attribute: &'a dyn Fn(&str) -> Option<Cow<'a, str>>,
    ) -> Candidate<'a> {
        Candidate {
            name: Cow::Borrowed(name),
            kind,
            attribute,
        }
    }

    #[test]
    fn a_rule_matches_where_everything_that_it_asks_for_is_so() {
        let attribute = |key: &str| match key {
            "url.path" => Some(Cow::Borrowed("/health/live")),
            "http.response.status_code" => Some(Cow::Borrowed("200")),
            _ => None,
        };
        let span = candidate("GET /health", Kind::Server, &attribute);
        for (rule, matches) in [
            (Rule::never(), true),
            (Rule::never().name("GET /health"), true),
            (Rule::never().name("GET /healt"), false),
            (Rule::never().name("GET*"), true),
            (Rule::never().name("*"), true),
            (Rule::never().name("POST*"), false),
            (Rule::never().kind(Kind::Server), true),
            (Rule::never().kind(Kind::Client), false),
            (Rule::never().attribute("url.path", "/health/live"), true),
            (Rule::never().attribute("url.path", "/health"), false),
            (Rule::never().attribute("url.path", "/health*"), true),
            (Rule::never().attribute("http.route", "*"), false),
            (
                Rule::never().attribute("http.response.status_code", "200"),
                true,
            ),
            (
                Rule::never()
                    .attribute("url.path", "*")
                    .kind(Kind::Server)
                    .name("GET*"),
                true,
            ),
            (
                Rule::never().attribute("url.path", "*").kind(Kind::Client),
                false,
            ),
            (
                Rule::never()
                    .attribute("url.path", "*")
                    .attribute("http.route", "*"),
                false,
            ),
        ] {
            assert_eq!(rule.matches(&span), matches, "{rule:?}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let rules = Rules::new([
            Rule::always().name("a"),
            Rule::never().name("a*"),
            Rule::ratio(0.0).name("b"),
        ]);
        let context = "00-00000000000000000000000000000011-0000000000000022-00";
        let context: TraceContext = context.parse().expect("a context");
        let decide = |name| {
            let span = candidate(name, Kind::Internal, &|_| None);
            rules
                .decide(&context, &span)
                .map(|decision| decision.sampled)
        };
        assert_eq!(decide("a"), Some(true));
        assert_eq!(decide("ab"), Some(false));
        assert_eq!(decide("b"), Some(false));
        assert_eq!(decide("c"), None);
    }
}
