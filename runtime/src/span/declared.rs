//! [`SpanSite`]: what stands in the static of an annotated function.
//!
//! Whatever stands there the compiler computes, checks and stores for each function, so that it is little: the rest is made
//! from it once, at the first call.

use std::fmt;
use std::panic::Location;
use std::sync::OnceLock;

use tracing::callsite::{Callsite, Identifier};
use tracing::field::FieldSet;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::metadata::Kind as MetadataKind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};

use super::measured::DurationMetric;
#[cfg(feature = "metrics")]
use super::measured::Measured;
use super::older::{OlderName, OlderNames};
use super::outcome::ErrorDetail;
use super::site::{Kind, Site};
#[cfg(feature = "engine")]
use crate::engine::OwnRatio;

/// The spans of an annotated function, as its static declares them.
pub struct SpanSite {
    name: &'static str,
    module: &'static str,
    /// Those of the function, which come after those of every span.
    keys: &'static [&'static str],
    opening_fields: usize,
    /// That of the options: it is looked at in every call, before all else.
    level: Level,
    options: &'static SpanOptions,
    source: &'static Location<'static>,
    site: OnceLock<&'static Site>,
}

impl SpanSite {
    /// Spans with this name, of which `opening_fields` keys get their values when they open, as the function is written without
    /// options: internal, on the level INFO. The target is the module.
    #[must_use]
    #[track_caller]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        keys: &'static [&'static str],
        opening_fields: usize,
    ) -> Self {
        Self::with(name, module, keys, opening_fields, &SpanOptions::NONE)
    }

    /// [`new`](Self::new) with options.
    #[must_use]
    #[track_caller]
    pub const fn with(
        name: &'static str,
        module: &'static str,
        keys: &'static [&'static str],
        opening_fields: usize,
        options: &'static SpanOptions,
    ) -> Self {
        Self {
            name,
            module,
            keys,
            opening_fields,
            level: options.level,
            options,
            source: Location::caller(),
            site: OnceLock::new(),
        }
    }

    /// Whether a subscriber could want this span: two comparisons where there is none.
    #[inline]
    pub(crate) fn may_be_enabled(&self) -> bool {
        self.level <= STATIC_MAX_LEVEL && self.level <= LevelFilter::current()
    }

    /// What is known of it, made at the first call and kept as long as the program runs.
    #[inline]
    pub(crate) fn site(&'static self) -> &'static Site {
        match self.site.get() {
            Some(site) => site,
            None => self.make(),
        }
    }

    #[cold]
    #[inline(never)]
    fn make(&'static self) -> &'static Site {
        self.site.get_or_init(|| {
            let keys = Site::FIELDS.iter().chain(self.keys).copied().collect();
            let keys: &'static [&'static str] = Vec::leak(keys);
            let metadata = Metadata::new(
                self.name,
                self.options.target.unwrap_or(self.module),
                self.level,
                Some(self.source.file()),
                Some(self.source.line()),
                Some(self.module),
                FieldSet::new(keys, Identifier(self)),
                MetadataKind::SPAN,
            );
            let site = Site::new(self, metadata, self.opening_fields, *self.options);
            Box::leak(Box::new(site))
        })
    }

    /// It is shown to others only then.
    fn made(&self) -> &'static Site {
        self.site
            .get()
            .expect("the callsite of a span is known from its first call on")
    }
}

impl Callsite for SpanSite {
    fn set_interest(&self, interest: Interest) {
        self.made().set_interest(&interest);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.made().metadata()
    }
}

impl fmt::Debug for SpanSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanSite")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the options of an attribute say of its spans.
#[derive(Clone, Copy, Debug)]
pub struct SpanOptions {
    level: Level,
    target: Option<&'static str>,
    pub(crate) kind: Kind,
    /// Which of the values that are read when the span opens make the name to export it under. The
    /// field `otel.name` then comes after the opening ones.
    pub(super) name_values: &'static [usize],
    pub(crate) older: OlderNames,
    /// Whether the parent may come from the environment.
    pub(crate) environment: bool,
    pub(crate) log_ids: bool,
    /// How much of an error is shown.
    pub(crate) error_detail: ErrorDetail,
    /// Which duration its calls record.
    #[cfg(feature = "metrics")]
    pub(crate) measured: Option<Measured>,
    /// Which part of the traces is kept that start with this span.
    #[cfg(feature = "engine")]
    pub(crate) ratio: OwnRatio,
}

impl SpanOptions {
    /// No options.
    pub const NONE: Self = Self {
        level: Level::INFO,
        target: None,
        kind: Kind::Internal,
        name_values: &[],
        older: OlderNames::NONE,
        environment: false,
        log_ids: true,
        error_detail: ErrorDetail::Type,
        #[cfg(feature = "metrics")]
        measured: None,
        #[cfg(feature = "engine")]
        ratio: OwnRatio::Unsaid,
    };

    /// The level.
    #[must_use]
    pub const fn at(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The target, in place of the module.
    #[must_use]
    pub const fn with_target(mut self, target: &'static str) -> Self {
        self.target = Some(target);
        self
    }

    /// The kind.
    #[must_use]
    pub const fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The span is exported under the values of these numbers, those that are there.
    #[must_use]
    pub const fn named_by(mut self, values: &'static [usize]) -> Self {
        self.name_values = values;
        self
    }

    /// Some of the fields have older names in a part of the conventions.
    #[must_use]
    pub const fn with_older(mut self, category: &'static str, names: &'static [OlderName]) -> Self {
        self.older = OlderNames::new(category, names);
        self
    }

    /// The parent comes from the environment where there is no other.
    #[must_use]
    pub const fn from_environment(mut self) -> Self {
        self.environment = true;
        self
    }

    /// Log lines have no ids.
    #[must_use]
    pub const fn without_log_ids(mut self) -> Self {
        self.log_ids = false;
        self
    }

    /// The span shows this much of an error.
    #[must_use]
    pub const fn showing(mut self, error_detail: ErrorDetail) -> Self {
        self.error_detail = error_detail;
        self
    }

    /// This part of the traces is kept that start with the span: on the engine, and on no other.
    #[must_use]
    #[cfg_attr(
        not(feature = "engine"),
        expect(unused_mut, reason = "only the engine samples by it")
    )]
    pub const fn sampled(mut self, ratio: f64) -> Self {
        #[cfg(feature = "engine")]
        {
            self.ratio = OwnRatio::new(ratio);
        }
        let _ = ratio;
        self
    }

    /// The calls record this duration, with the values of these keys.
    #[must_use]
    #[cfg_attr(
        not(feature = "metrics"),
        expect(unused_mut, reason = "there is nothing to remember")
    )]
    pub const fn measured(
        mut self,
        duration: DurationMetric,
        keys: &'static [&'static str],
    ) -> Self {
        #[cfg(feature = "metrics")]
        {
            self.measured = Some(Measured { duration, keys });
        }
        let _ = (duration, keys);
        self
    }
}
