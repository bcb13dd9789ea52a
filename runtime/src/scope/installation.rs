//! [`Installation`]: a pipeline of a scope, and how it gets there.

use std::fmt;
use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tracing::Dispatch;
use tracing::dispatcher::{self, DefaultGuard};
use tracing::level_filters::LevelFilter;
use tracing_core::dispatcher::get_current;

use super::TraceScope;
use super::subscriber::ScopeSubscriber;
use crate::engine::{Builder, Statistics};

/// What a program decides about a scope that it installs, besides the settings of its [engine](crate::engine).
///
/// ```
/// use tracing::level_filters::LevelFilter;
/// use tracing_relay::scope::Settings;
///
/// let mut settings = Settings::default();
/// settings.level = LevelFilter::DEBUG;
/// # assert!(settings.events);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The level of the spans that are recorded; `INFO`. A lower one makes all of the program's callsites at that level
    /// cost what `tracing` takes to ask a subscriber, also those of the application, because `tracing` keeps one level for
    /// the process. For the same reason the application is asked each time for spans up to this level that it disables by
    /// their target: with filters of single layers, such a span takes some 150 ns and not 2.
    pub level: LevelFilter,
    /// Whether log events of what runs inside reach the application's subscriber, which then decides on their levels;
    /// they do.
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
#[must_use = "dropping it uninstalls the scope"]
pub struct Installation {
    scope: &'static TraceScope,
    dispatch: Dispatch,
}

impl TraceScope {
    /// Installs the scope: operations that begin from now on are recorded by an engine with these settings. Its context
    /// activation is off, whatever the builder says, because what OpenTelemetry has as its current context is the
    /// application's; and no spans of `tracing` are made beside those of attributes, which nobody else sees there.
    ///
    /// Where it is installed already, the new pipeline takes the place of the old one. Operations that run go on in the
    /// old one, with all that begins inside them, and are exported there.
    ///
    /// Install it after the application has set its subscriber. The other order works too, but costs the application's
    /// events a question each, until the first operation runs.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread. Then what was installed before still is.
    pub fn install(&'static self, engine: Builder) -> io::Result<Installation> {
        self.install_with(engine, Settings::default())
    }

    /// [`install`](Self::install) with settings of the scope.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread. Then what was installed before still is.
    pub fn install_with(
        &'static self,
        engine: Builder,
        settings: Settings,
    ) -> io::Result<Installation> {
        let dispatch = self.pipeline(engine, settings)?;
        drop(self.replace(Some(dispatch.clone())));
        Ok(Installation {
            scope: self,
            dispatch,
        })
    }

    /// A pipeline that is not installed yet.
    pub(crate) fn pipeline(
        &'static self,
        engine: Builder,
        settings: Settings,
    ) -> io::Result<Dispatch> {
        let engine = engine.for_scope(self.name()).build()?;
        let here = dispatcher::get_default(Dispatch::clone);
        // Never a scope: what asks the application would ask for ever.
        let application = match ScopeSubscriber::of(&here) {
            Some(scope) => scope.application(),
            None => here,
        };
        let subscriber = ScopeSubscriber::new(self, engine, settings, &application);
        Ok(Dispatch::new(subscriber))
    }

    /// The subscriber of an operation that begins here: that of the operation around it, if that is one of this scope.
    /// None where nothing is to be traced: in an exporter, which would never come to an end with its own spans, and in
    /// the code of a subscriber, or of a value that writes its text for one, where `tracing` panics when another
    /// subscriber is set. `get_default` does not tell that from a program without a subscriber.
    pub(crate) fn dispatch(&'static self) -> Option<Dispatch> {
        if crate::otel::is_suppressed() {
            return None;
        }
        let inside = get_current(|dispatch| {
            let around = ScopeSubscriber::of(dispatch)?;
            std::ptr::eq(around.scope(), self).then(|| dispatch.clone())
        })?;
        #[cfg(feature = "testing")]
        let inside = inside.or_else(|| crate::testing::TestScopes::find(self));
        inside.or_else(|| {
            let installed = self.installed.read();
            installed.unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    /// Makes the subscriber of what begins here current, where no operation of the scope is around.
    pub(super) fn set_default(&'static self) -> Option<DefaultGuard> {
        #[cfg(feature = "testing")]
        if let Some(pipeline) = crate::testing::TestScopes::find(self) {
            return Some(dispatcher::set_default(&pipeline));
        }
        let installed = self.installed.read();
        let installed = installed.unwrap_or_else(PoisonError::into_inner);
        Some(dispatcher::set_default(installed.as_ref()?))
    }

    /// What was installed comes back, to be dropped outside of the lock.
    fn replace(&self, new: Option<Dispatch>) -> Option<Dispatch> {
        let installed = self.installed.write();
        let mut installed = installed.unwrap_or_else(PoisonError::into_inner);
        self.is_installed.store(new.is_some(), Ordering::Relaxed);
        std::mem::replace(&mut *installed, new)
    }

    /// Takes a pipeline out, if it is still the one that is installed.
    fn take_out(&self, number: u64) -> Option<Dispatch> {
        let installed = self.installed.write();
        let mut installed = installed.unwrap_or_else(PoisonError::into_inner);
        let is_it = |dispatch: &mut Dispatch| number_of(dispatch) == Some(number);
        let taken = installed.take_if(is_it)?;
        self.is_installed.store(false, Ordering::Relaxed);
        Some(taken)
    }
}

fn number_of(dispatch: &Dispatch) -> Option<u64> {
    Some(ScopeSubscriber::of(dispatch)?.number())
}

impl Installation {
    /// Exports what has ended until now, and says whether that was done within `timeout`, without a failure of the
    /// exporter in that time. Blocks this thread, as [`Engine::flush`](crate::engine::Engine::flush) does.
    #[expect(
        clippy::must_use_candidate,
        reason = "a program that ends has nothing to do about the answer"
    )]
    pub fn flush(&self, timeout: Duration) -> bool {
        ScopeSubscriber::of(&self.dispatch).is_some_and(|scope| scope.engine().flush(timeout))
    }

    /// What was done with the spans so far; see [`Statistics`].
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        ScopeSubscriber::of(&self.dispatch)
            .map_or_else(Statistics::default, |scope| scope.engine().statistics())
    }

    /// Takes the pipeline out of its scope, and exports what has ended until now, as [`flush`](Self::flush) does.
    ///
    /// If no other was installed meanwhile, operations that begin from now on are ordinary spans of the application.
    /// Operations that run go on in this pipeline. They are exported when they end, in the background, and with the last
    /// of them the exporting thread ends.
    #[expect(
        clippy::must_use_candidate,
        reason = "a program that ends has nothing to do about the answer"
    )]
    pub fn uninstall(&self, timeout: Duration) -> bool {
        if let Some(number) = number_of(&self.dispatch) {
            drop(self.scope.take_out(number));
        }
        self.flush(timeout)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.uninstall(Duration::from_secs(5));
    }
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation")
            .field("scope", &self.scope.name())
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
