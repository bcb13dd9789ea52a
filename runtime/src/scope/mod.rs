//! Scopes: a component traces its own operations into its own pipeline, inside an application whose tracing it
//! does not touch.
//!
//! The component declares a [`TraceScope`] and marks its operations with
//! [`#[relay_traced]`](macro@crate::relay_traced). The program installs the scope, or does not. Installed, the
//! operations are recorded by an engine of the scope's own, with its own exporter, sampler and resource, and so is
//! whatever starts a span inside, in any library. Neither the application's exporter nor the scope's ever holds an id
//! of the other.
//!
//! ```
//! # #[cfg(feature = "engine")] {
//! use std::time::Duration;
//!
//! use opentelemetry_sdk::trace::InMemorySpanExporter;
//! use tracing_relay::engine::Engine;
//! use tracing_relay::{TraceScope, relay_traced};
//!
//! // In the component.
//! static RELAY: TraceScope = TraceScope::new("relay");
//!
//! #[relay_traced(scope = RELAY, name = "relay.link")]
//! fn link(environment: &str) -> usize {
//!     tracing::info_span!("resolve").in_scope(|| environment.len())
//! }
//!
//! // In the program.
//! let exporter = InMemorySpanExporter::default();
//! let installation = RELAY.install(Engine::builder().with_exporter(exporter.clone()))?;
//! assert_eq!(link("staging"), 7);
//!
//! assert!(installation.uninstall(Duration::from_secs(5)));
//! let names: Vec<_> = exporter.get_finished_spans()?.into_iter().map(|span| span.name).collect();
//! assert_eq!(names, ["resolve", "relay.link"]);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is in a scope
//!
//! Everything that an operation calls, or that its future polls, also on other threads where it was started with
//! [`task`](crate::task): those functions take the scope along. A bare `tokio::spawn` leaves it. What belongs to the
//! user, a callback for one, leaves it with [`outside`], and is then in the application's tracing as if no scope was
//! there.
//!
//! An operation inside another of the same scope is its child. One inside a span of the application, or inside another
//! scope, starts a trace of its own. Carriers that are filled inside are the scope's.
//!
//! What an exporter does is not traced, not even where it calls operations of its own scope.
//!
//! Log events go to the application's subscriber, in the span that is current there, if the [`Settings`] let them.
//! OpenTelemetry's current context has neither span nor baggage inside, so that code on its API starts traces of its own.
//!
//! # Where the spans go
//!
//! The exporter is the program's choice. For a component with a collector of its own there is [`ScopeConfig`]: its URL, its
//! dataset and its token, as the environment says or as it said when the program was built. With the feature `otlp` it has
//! an exporter for them.
//!
//! ```no_run
//! # #[cfg(feature = "otlp")] {
//! use opentelemetry::KeyValue;
//! use opentelemetry_sdk::Resource;
//! use tracing_relay::engine::Engine;
//! use tracing_relay::scope::{TraceScope, scope_config};
//!
//! static RELAY: TraceScope = TraceScope::new("relay");
//!
//! // `MY_RELAY_OTLP_TRACES_URL`, `..._DATASET` and `..._TOKEN`. Without them the scope is not installed.
//! let installation = match scope_config!("MY_RELAY_OTLP_TRACES").config() {
//!     Some(config) => {
//!         // Not `Resource::builder()`, which has what the environment says about the application.
//!         let resource = Resource::builder_empty()
//!             .with_service_name("headless-relay-client")
//!             .with_attribute(KeyValue::new("service.component", "relay-client"))
//!             .build();
//!         let engine = Engine::builder().with_exporter(config.exporter()?).with_resource(resource);
//!         Some(RELAY.install(engine)?)
//!     }
//!     None => None,
//! };
//! # drop(installation);
//! # }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Limits
//!
//! A task that an operation spawns keeps what the application has around the operation, its span of `tracing` too, for the
//! callbacks and the log lines of the task. One that outlives the operation by far is started with
//! [`task::detach`](crate::task). The fields of an operation are read before its scope is entered.
//!
//! A span handle of `tracing` belongs to the subscriber that made it. One that was made inside of a scope and is given
//! outside as an explicit parent (`parent: &span`) names a span that the application's subscriber does not know: the
//! `Registry` of tracing-subscriber panics then, as it does between any two subscribers. Inside, a parent or a
//! `follows_from` that is not of the scope counts as none was given.

#[cfg(feature = "engine")]
mod application;
#[cfg(feature = "engine")]
mod config;
#[cfg(feature = "engine")]
mod copied;
#[cfg(feature = "engine")]
mod entered;
mod inside;
#[cfg(feature = "engine")]
mod installation;
#[cfg(feature = "otlp")]
mod otlp;
mod outside;
#[cfg(feature = "engine")]
mod spans;
#[cfg(feature = "engine")]
mod subscriber;
#[cfg(feature = "engine")]
mod votes;

use std::fmt;
#[cfg(feature = "engine")]
use std::sync::RwLock;
#[cfg(feature = "engine")]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "engine")]
use tracing::Dispatch;

#[cfg(feature = "engine")]
pub use crate::scope_config;
#[cfg(feature = "otlp")]
pub(crate) use config::is_loopback;
#[cfg(feature = "engine")]
pub use config::{ScopeConfig, ScopeOff, ScopeVariables};

pub use inside::InScope;
#[cfg(feature = "engine")]
pub use installation::{Installation, Settings};
#[cfg(feature = "otlp")]
pub use otlp::ScopeExporter;
pub use outside::{Outside, outside, run_outside};

#[cfg(feature = "engine")]
pub(crate) use entered::EnteredScope;
#[cfg(feature = "engine")]
pub(crate) use subscriber::{ScopeSubscriber, current, is_there, realm, realm_of};

/// A component's own trace scope: a static that the component declares, and that
/// `#[relay_traced(scope = ...)]` names.
///
/// A scope that no program has installed changes nothing: its operations are ordinary spans of the
/// application, with their ordinary parents, and nothing is sent anywhere else.
///
/// ```
/// use tracing_relay::{TraceScope, relay_traced};
///
/// static RELAY: TraceScope = TraceScope::new("relay");
///
/// #[relay_traced(scope = RELAY, name = "relay.link")]
/// async fn link(environment: &str) -> Result<(), std::io::Error> {
///     # let _ = environment;
///     Ok(())
/// }
/// # assert_eq!(RELAY.name(), "relay");
/// ```
pub struct TraceScope {
    name: &'static str,
    #[cfg(feature = "engine")]
    is_installed: AtomicBool,
    /// The subscriber of what begins now.
    #[cfg(feature = "engine")]
    installed: RwLock<Option<Dispatch>>,
}

impl TraceScope {
    /// A scope with this name, which is that of the component.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            #[cfg(feature = "engine")]
            is_installed: AtomicBool::new(false),
            #[cfg(feature = "engine")]
            installed: RwLock::new(None),
        }
    }

    /// The name of the component.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl TraceScope {
    /// Whether a program has installed it; never without the feature `engine`. Reads one atomic.
    #[cfg(not(feature = "engine"))]
    #[inline]
    #[must_use]
    pub const fn is_installed(&self) -> bool {
        false
    }

    /// Whether a program has installed it; never without the feature `engine`. Reads one atomic.
    #[cfg(feature = "engine")]
    #[inline]
    #[must_use]
    pub fn is_installed(&self) -> bool {
        let is_installed = self.is_installed.load(Ordering::Relaxed);
        #[cfg(feature = "testing")]
        let is_installed = is_installed || crate::testing::TestScopes::find(self).is_some();
        is_installed
    }
}

impl fmt::Debug for TraceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceScope")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
