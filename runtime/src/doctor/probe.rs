//! Probes: spans of any target and level, and what became of them.
//!
//! What a filter says depends on the target and the level of a callsite, which are static. So a callsite is made for each
//! pair that somebody names, once in the life of the process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use opentelemetry::Context;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Span};
use tracing_core::callsite::{self, Callsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_opentelemetry::{OpenTelemetrySpanExt as Theirs, SetParentError};

use crate::context::TraceContext;
use crate::otel::{self, SpanExt};

/// The name of a probe, and its target where nobody names another.
pub(super) const NAME: &str = "tracing_relay.doctor";

/// A callsite of probes.
pub(super) struct Site {
    metadata: OnceLock<Metadata<'static>>,
    interest: AtomicU8,
}

const NEVER: u8 = 0;
const SOMETIMES: u8 = 1;
const ALWAYS: u8 = 2;

/// That of a target and a level. It stays for the life of the process.
pub(super) fn site(target: &str, level: Level) -> &'static Site {
    static SITES: Mutex<Option<HashMap<(String, Level), &'static Site>>> = Mutex::new(None);
    let mut sites = SITES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = sites.get_or_insert_default();
    let key = (target.to_owned(), level);
    if let Some(site) = known.get(&key) {
        return site;
    }
    let site = Site::leaked(target.to_owned().leak(), level);
    known.insert(key, site);
    // Subscribers are asked about it, which is code of the program.
    drop(sites);
    callsite::register(site);
    site
}

impl Callsite for Site {
    fn set_interest(&self, interest: Interest) {
        let interest = if interest.is_never() {
            NEVER
        } else if interest.is_always() {
            ALWAYS
        } else {
            SOMETIMES
        };
        self.interest.store(interest, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.known()
    }
}

impl Site {
    fn leaked(target: &'static str, level: Level) -> &'static Self {
        let site: &'static Self = Box::leak(Box::new(Self {
            metadata: OnceLock::new(),
            interest: AtomicU8::new(SOMETIMES),
        }));
        let fields = FieldSet::new(&[], Identifier(site));
        let kind = Kind::SPAN;
        site.metadata
            .get_or_init(|| Metadata::new(NAME, target, level, None, None, None, fields, kind));
        site
    }

    fn known(&self) -> &Metadata<'static> {
        self.metadata
            .get()
            .expect("a site has its metadata before anybody sees it")
    }

    /// As a macro of `tracing` asks.
    fn is_enabled(&self) -> bool {
        let level = *self.known().level();
        if level > STATIC_MAX_LEVEL || level > LevelFilter::current() {
            return false;
        }
        match self.interest.load(Ordering::Relaxed) {
            NEVER => false,
            ALWAYS => true,
            _ => tracing::dispatcher::get_default(|dispatch| dispatch.enabled(self.known())),
        }
    }

    /// A span without a parent, whether it is wanted or not.
    fn span(&'static self) -> Span {
        let metadata = self.known();
        Span::new_root(metadata, &metadata.fields().value_set_all(&[]))
    }
}

/// What became of a probe.
#[derive(Debug)]
pub(super) enum Seen {
    /// Nobody wants it.
    Disabled,
    /// Somebody wants it, and nobody records it who can be seen.
    NotRecorded,
    /// It is recorded, by a layer that can be reached.
    Recorded(TraceContext),
    /// It is recorded, by a layer that cannot be reached.
    Hidden(TraceContext),
}

impl Seen {
    pub(super) const fn context(&self) -> Option<&TraceContext> {
        match self {
            Self::Disabled | Self::NotRecorded => None,
            Self::Recorded(context) | Self::Hidden(context) => Some(context),
        }
    }
}

/// Makes a span and ends it.
pub(super) fn look(site: &'static Site) -> Seen {
    if !site.is_enabled() {
        return Seen::Disabled;
    }
    let span = site.span();
    if let Some(context) = otel::from_context(&SpanExt::context(&span)) {
        return Seen::Recorded(context);
    }
    let before = crate::current_context();
    let inside = span.in_scope(crate::current_context);
    match inside {
        Some(inside) if Some(&inside) != before.as_ref() => Seen::Hidden(inside),
        _ => Seen::NotRecorded,
    }
}

/// Whether the methods of tracing-opentelemetry find a layer, whatever its filter. Exports nothing.
pub(super) fn is_layer_of_opentelemetry_there() -> bool {
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    let span = site(NAME, Level::ERROR).span();
    let parent = Context::new().with_telemetry_suppressed();
    matches!(
        Theirs::set_parent(&span, parent),
        Ok(()) | Err(SetParentError::AlreadyStarted)
    )
}
