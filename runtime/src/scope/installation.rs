//! [`Installation`]: a pipeline of a scope.

use std::io;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::TraceScope;
use crate::engine::{Builder, Engine, Statistics};

/// What a program decides about a scope that it installs, besides the [engine](Engine).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The level of the spans that are recorded; `INFO`.
    pub level: LevelFilter,
    /// Whether log events of what runs inside reach the application's subscriber, which also decides on their
    /// levels; they do.
    pub events: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level: LevelFilter::INFO,
            events: true,
        }
    }
}

/// A pipeline of a scope, made by [`TraceScope::install`]. Dropping it is [`uninstall`](Self::uninstall) with five
/// seconds.
#[derive(Debug)]
#[must_use = "dropping it uninstalls the scope"]
pub struct Installation {
    engine: Engine,
}

impl TraceScope {
    /// Installs the scope: operations that begin from now on are recorded by an engine with these settings.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn install(&'static self, engine: Builder) -> io::Result<Installation> {
        self.install_with(engine, Settings::default())
    }

    /// [`install`](Self::install) with settings of the scope.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn install_with(
        &'static self,
        engine: Builder,
        settings: Settings,
    ) -> io::Result<Installation> {
        let _ = settings;
        Ok(Installation {
            engine: engine.build()?,
        })
    }

    /// Whether a program has installed it.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        false
    }
}

impl Installation {
    /// Exports what has ended until now; see [`Engine::flush`].
    pub fn flush(&self, timeout: Duration) -> bool {
        self.engine.flush(timeout)
    }

    /// What was done so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.engine.statistics()
    }

    /// Takes the pipeline out of its scope, and exports what has ended until now. Operations that are running go on
    /// in it, and are exported when they end.
    pub fn uninstall(&self, timeout: Duration) -> bool {
        self.engine.flush(timeout)
    }
}
