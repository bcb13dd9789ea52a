//! Scopes: a component traces its own operations into its own pipeline, inside an application whose tracing it
//! does not touch.

#[cfg(feature = "engine")]
mod installation;
#[cfg(feature = "engine")]
mod outside;

#[cfg(feature = "engine")]
pub use installation::{Installation, Settings};
#[cfg(feature = "engine")]
pub use outside::{Outside, outside, run_outside};

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
#[derive(Debug)]
pub struct TraceScope {
    name: &'static str,
}

impl TraceScope {
    /// A scope with this name, which is that of the component.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name }
    }

    /// The name of the component.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}
