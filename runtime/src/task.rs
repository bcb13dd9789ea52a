//! Tasks and threads that stay in the trace of what started them.
//!
//! A bare `tokio::spawn` starts without a trace: what it runs makes roots. The functions here take
//! the current span along, and the subscriber that is current on this thread, so that they are the
//! same inside the task. [`detach`] is for work that outlives its request: its spans are roots, each
//! linked to the span that started it. All of them stay in the [session](crate::session) of what started them.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tracing::Dispatch;

use crate::baggage::Baggage;
use crate::context::TraceContext;
use crate::current::{self, Frame, Origin, Realm, Token};
#[cfg(feature = "engine")]
use crate::scope::EnteredScope;
use crate::session::SessionTelemetry;
use crate::surrounded::{Enter, Surrounded};

/// What is current here, to make it current elsewhere: on another thread, in another task, in an
/// executor that this crate does not know. Cloning raises reference counts.
///
/// ```
/// use tracing_relay::task::TaskContext;
///
/// let here = TaskContext::current();
/// let answer = std::thread::spawn(move || here.run(|| 6 * 7)).join().unwrap();
/// assert_eq!(answer, 42);
/// ```
#[derive(Clone)]
pub struct TaskContext {
    here: Layer,
    /// Inside of a scope: that, and what the application has around it.
    #[cfg(feature = "engine")]
    scope: Option<Box<InsideOf>>,
}

/// What is current in one realm.
#[derive(Clone)]
struct Layer {
    realm: Realm,
    frame: Option<Box<Frame>>,
    session: SessionTelemetry,
    surroundings: Surroundings,
}

#[cfg(feature = "engine")]
#[derive(Clone)]
struct InsideOf {
    scope: Dispatch,
    application: Layer,
}

/// What others have made current.
#[derive(Clone)]
struct Surroundings {
    span: tracing::Span,
    #[cfg(feature = "otel")]
    otel: opentelemetry::Context,
    /// The subscriber, where there is any.
    dispatch: Option<Dispatch>,
}

impl TaskContext {
    /// What is current on this thread. In a [scope](crate::scope) that is the scope too.
    #[must_use]
    pub fn current() -> Self {
        Self::of(Layer::current)
    }

    /// The same for a span that opens later: nothing is said there about the span that is current here.
    pub(crate) fn for_opening() -> Self {
        Self::of(Layer::for_opening)
    }

    /// A new trace, with the subscriber and the baggage of this thread, and its [scope](crate::scope): each span that
    /// starts in it is a root linked to the span that is current here. Spans of others are roots too, which the engine
    /// of this crate links as well.
    #[must_use]
    pub fn detached() -> Self {
        Self::of(Layer::detached)
    }

    /// What `layer` takes, and in a scope what it takes outside of that.
    fn of(layer: fn() -> Layer) -> Self {
        Self {
            here: layer(),
            #[cfg(feature = "engine")]
            scope: crate::scope::current().map(|scope| {
                Box::new(InsideOf {
                    scope,
                    application: crate::scope::run_outside(layer),
                })
            }),
        }
    }

    /// Whose tracing it is that code does in it.
    pub(crate) const fn realm(&self) -> Realm {
        self.here.realm
    }

    /// The session that is current in it.
    pub(crate) const fn session(&self) -> &SessionTelemetry {
        &self.here.session
    }

    /// Runs `f` with this context current. Baggage that `f` sets is not kept.
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let mut entering = self.clone();
        let _entered = entering.enter();
        f()
    }

    /// A future that has this context current during each poll, and while it is dropped.
    pub fn instrument<F: Future>(self, future: F) -> InContext<F> {
        InContext {
            inner: Surrounded::new(self, future),
        }
    }
}

impl Enter for TaskContext {
    type Entered<'a> = Entered<'a>;

    /// Makes all of it current until the guard is dropped: what the application has, then the scope, then what is in it.
    fn enter(&mut self) -> Entered<'_> {
        #[cfg(feature = "engine")]
        let (application, scope) = match &mut self.scope {
            Some(inside) => (
                inside.application.enter(),
                EnteredScope::unless_inside(&inside.scope),
            ),
            None => (None, None),
        };
        Entered {
            _here: self.here.enter(),
            #[cfg(feature = "engine")]
            _scope: scope,
            #[cfg(feature = "engine")]
            _application: application,
        }
    }
}

/// A context that is current on this thread. Fields drop in this order, the reverse of entering.
pub(crate) struct Entered<'a> {
    _here: Option<EnteredLayer<'a>>,
    #[cfg(feature = "engine")]
    _scope: Option<EnteredScope>,
    #[cfg(feature = "engine")]
    _application: Option<EnteredLayer<'a>>,
}

impl Layer {
    fn current() -> Self {
        let layer = Self::for_opening();
        #[cfg(feature = "engine")]
        let layer = Self {
            frame: layer.frame.map(|mut frame| {
                frame.inbox = current::share(frame.realm);
                frame
            }),
            ..layer
        };
        layer
    }

    fn for_opening() -> Self {
        let realm = current::realm();
        Self {
            realm,
            frame: current::snapshot().or_else(outside).map(Box::new),
            session: current::session(realm),
            surroundings: Surroundings {
                span: tracing::Span::current(),
                #[cfg(feature = "otel")]
                otel: crate::otel::current(),
                dispatch: current_dispatch(),
            },
        }
    }

    fn detached() -> Self {
        let realm = current::realm();
        let ambient = current::ambient_in(realm);
        let baggage = ambient.baggage();
        // The baggage goes on by itself; a link names a span and nothing else.
        let link = ambient
            .context
            .map(|context: TraceContext| context.with_baggage(Baggage::new()));
        Self {
            realm,
            session: current::session(realm),
            surroundings: Surroundings {
                span: tracing::Span::none(),
                // In a scope, OpenTelemetry's baggage is the application's.
                #[cfg(feature = "otel")]
                otel: if realm.is_application() {
                    crate::otel::root_context(&baggage)
                } else {
                    opentelemetry::Context::new()
                },
                dispatch: current_dispatch(),
            },
            frame: Some(Box::new(
                Frame::new(None, Origin::Detached(link.map(Box::new)))
                    .with_baggage(baggage)
                    .in_realm(realm),
            )),
        }
    }

    /// Makes all of it current, and the frame inside it. `None` where nothing can be.
    fn enter(&mut self) -> Option<EnteredLayer<'_>> {
        if !current::is_possible() {
            return None;
        }
        // In the code of a subscriber, where `tracing` panics when another one is set.
        #[cfg(feature = "engine")]
        tracing_core::dispatcher::get_current(|_| ())?;
        let Surroundings {
            dispatch,
            span,
            #[cfg(feature = "otel")]
            otel,
        } = &self.surroundings;
        let dispatch = dispatch.as_ref().map(tracing::dispatcher::set_default);
        let span = span.enter();
        #[cfg(feature = "otel")]
        let otel = crate::otel::attach(otel);
        Some(EnteredLayer {
            token: current::enter_task(self.frame.take(), self.realm, &self.session),
            frame: &mut self.frame,
            #[cfg(feature = "otel")]
            _otel: otel,
            _span: span,
            _dispatch: dispatch,
        })
    }
}

impl fmt::Debug for TaskContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskContext")
            .field("span", &self.here.surroundings.span)
            .finish_non_exhaustive()
    }
}

/// What a task gets that starts outside every trace, so that it has no part in the trace of whoever
/// polls it.
fn outside() -> Option<Frame> {
    let realm = current::realm();
    let ambient = current::ambient_in(realm);
    // A scope has nothing to do with the environment of the process.
    let origin = if realm.is_application() {
        Origin::Outside
    } else {
        Origin::Passed
    };
    ambient.context.is_none().then(|| {
        Frame::new(None, origin)
            .with_baggage(ambient.baggage())
            .in_realm(realm)
    })
}

fn current_dispatch() -> Option<Dispatch> {
    tracing::dispatcher::has_been_set().then(|| tracing::dispatcher::get_default(Dispatch::clone))
}

/// A layer that is current on this thread. Fields drop in this order, the reverse of entering.
struct EnteredLayer<'a> {
    token: Option<Token>,
    frame: &'a mut Option<Box<Frame>>,
    #[cfg(feature = "otel")]
    _otel: Option<opentelemetry::ContextGuard>,
    _span: tracing::span::Entered<'a>,
    _dispatch: Option<tracing::dispatcher::DefaultGuard>,
}

impl Drop for EnteredLayer<'_> {
    fn drop(&mut self) {
        // The frame comes back with the baggage that was set meanwhile.
        *self.frame = self.token.take().and_then(current::exit_task);
    }
}

pin_project! {
    /// A future that runs in a [`TaskContext`]. Made by [`TaskContext::instrument`].
    pub struct InContext<F> {
        #[pin]
        inner: Surrounded<TaskContext, F>,
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().inner.poll(cx)
    }
}

impl<F> fmt::Debug for InContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext")
            .field("context", &self.inner.around)
            .finish_non_exhaustive()
    }
}

/// [`std::thread::spawn`] in the current trace.
///
/// ```
/// let thread = tracing_relay::task::spawn_thread(|| 6 * 7);
/// assert_eq!(thread.join().unwrap(), 42);
/// ```
///
/// # Panics
///
/// As `std::thread::spawn` does, if the system cannot start a thread.
pub fn spawn_thread<F, T>(f: F) -> std::thread::JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let context = TaskContext::current();
    std::thread::spawn(move || context.run(f))
}

#[cfg(feature = "tokio")]
pub use with_tokio::{JoinSet, detach, spawn, spawn_blocking, spawn_local};

#[cfg(feature = "tokio")]
mod with_tokio {
    use std::fmt;
    use std::ops::{Deref, DerefMut};

    use tokio::runtime::Handle;
    use tokio::task::{AbortHandle, JoinHandle, LocalSet};

    use super::TaskContext;

    /// [`tokio::spawn`] in the current trace.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let task = tracing_relay::task::spawn(async { 6 * 7 });
    /// assert_eq!(task.await.unwrap(), 42);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As `tokio::spawn` does, outside a runtime.
    #[track_caller]
    pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(TaskContext::current().instrument(future))
    }

    /// [`tokio::spawn`] for work that outlives what started it. Each span that starts in it is the
    /// root of a new trace, linked to the span that is current now; baggage and the [session](crate::session) go along. Spans that
    /// others start in it are roots too, with a link on the engine of this crate.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let task = tracing_relay::task::detach(async { tracing_relay::current_trace_id() });
    /// assert_eq!(task.await.unwrap(), None);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As `tokio::spawn` does, outside a runtime.
    #[track_caller]
    pub fn detach<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(TaskContext::detached().instrument(future))
    }

    /// [`tokio::task::spawn_blocking`] in the current trace.
    ///
    /// # Panics
    ///
    /// As `tokio::task::spawn_blocking` does, outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let context = TaskContext::current();
        tokio::task::spawn_blocking(move || context.run(f))
    }

    /// [`tokio::task::spawn_local`] in the current trace.
    ///
    /// # Panics
    ///
    /// As `tokio::task::spawn_local` does, outside a `LocalSet`.
    #[track_caller]
    pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        tokio::task::spawn_local(TaskContext::current().instrument(future))
    }

    /// A [`tokio::task::JoinSet`] whose tasks stay in the trace of what spawned them. Everything
    /// that does not spawn is the same, through `Deref`.
    ///
    /// ```
    /// use tracing_relay::task::JoinSet;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let mut tasks = JoinSet::new();
    /// tasks.spawn(async { 6 * 7 });
    /// assert_eq!(tasks.join_next().await.unwrap().unwrap(), 42);
    /// # }
    /// ```
    pub struct JoinSet<T>(tokio::task::JoinSet<T>);

    impl<T> JoinSet<T> {
        /// An empty set.
        #[must_use]
        pub fn new() -> Self {
            Self(tokio::task::JoinSet::new())
        }

        /// The set without the context.
        #[must_use]
        pub fn into_inner(self) -> tokio::task::JoinSet<T> {
            self.0
        }
    }

    impl<T: 'static> JoinSet<T> {
        /// [`tokio::task::JoinSet::spawn`] in the current trace.
        ///
        /// # Panics
        ///
        /// Outside a runtime.
        #[track_caller]
        pub fn spawn<F>(&mut self, task: F) -> AbortHandle
        where
            F: Future<Output = T> + Send + 'static,
            T: Send,
        {
            self.0.spawn(TaskContext::current().instrument(task))
        }

        /// [`tokio::task::JoinSet::spawn_on`] in the current trace.
        #[track_caller]
        pub fn spawn_on<F>(&mut self, task: F, handle: &Handle) -> AbortHandle
        where
            F: Future<Output = T> + Send + 'static,
            T: Send,
        {
            self.0
                .spawn_on(TaskContext::current().instrument(task), handle)
        }

        /// [`tokio::task::JoinSet::spawn_local`] in the current trace.
        ///
        /// # Panics
        ///
        /// Outside a `LocalSet`.
        #[track_caller]
        pub fn spawn_local<F>(&mut self, task: F) -> AbortHandle
        where
            F: Future<Output = T> + 'static,
        {
            self.0.spawn_local(TaskContext::current().instrument(task))
        }

        /// [`tokio::task::JoinSet::spawn_local_on`] in the current trace.
        #[track_caller]
        pub fn spawn_local_on<F>(&mut self, task: F, local_set: &LocalSet) -> AbortHandle
        where
            F: Future<Output = T> + 'static,
        {
            self.0
                .spawn_local_on(TaskContext::current().instrument(task), local_set)
        }

        /// [`tokio::task::JoinSet::spawn_blocking`] in the current trace.
        ///
        /// # Panics
        ///
        /// Outside a runtime.
        #[track_caller]
        pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
        where
            F: FnOnce() -> T + Send + 'static,
            T: Send,
        {
            let context = TaskContext::current();
            self.0.spawn_blocking(move || context.run(f))
        }

        /// [`tokio::task::JoinSet::spawn_blocking_on`] in the current trace.
        #[track_caller]
        pub fn spawn_blocking_on<F>(&mut self, f: F, handle: &Handle) -> AbortHandle
        where
            F: FnOnce() -> T + Send + 'static,
            T: Send,
        {
            let context = TaskContext::current();
            self.0.spawn_blocking_on(move || context.run(f), handle)
        }
    }

    impl<T> Deref for JoinSet<T> {
        type Target = tokio::task::JoinSet<T>;

        fn deref(&self) -> &Self::Target {
            &self.0
        }
    }

    impl<T> DerefMut for JoinSet<T> {
        fn deref_mut(&mut self) -> &mut Self::Target {
            &mut self.0
        }
    }

    impl<T> Default for JoinSet<T> {
        fn default() -> Self {
            Self::new()
        }
    }

    impl<T> fmt::Debug for JoinSet<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(&self.0, f)
        }
    }
}
