//! [`TestScopes`]: the scopes that are installed for the threads of one test.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{Dispatch, Subscriber, dispatcher};
use tracing_subscriber::Layer;

use crate::current;
use crate::scope::{ScopeSubscriber, TraceScope};

/// Whether any test has a scope.
static THERE: AtomicBool = AtomicBool::new(false);

/// A layer of a test's subscriber that knows the pipelines of its scopes.
#[derive(Default)]
pub(crate) struct TestScopes(Vec<(&'static TraceScope, Dispatch)>);

impl TestScopes {
    pub(super) fn add(&mut self, scope: &'static TraceScope, pipeline: Dispatch) {
        THERE.store(true, Ordering::Relaxed);
        self.0.push((scope, pipeline));
    }

    /// The pipeline of a scope in the test that runs here, also inside of another scope.
    pub(crate) fn find(scope: &TraceScope) -> Option<Dispatch> {
        if !THERE.load(Ordering::Relaxed) {
            return None;
        }
        dispatcher::get_default(|dispatch| {
            if dispatch.is::<ScopeSubscriber>() {
                Self::find_in(&current::application_dispatch()?, scope)
            } else {
                Self::find_in(dispatch, scope)
            }
        })
    }

    fn find_in(dispatch: &Dispatch, scope: &TraceScope) -> Option<Dispatch> {
        let Self(all) = dispatch.downcast_ref()?;
        let (_, pipeline) = all.iter().find(|(other, _)| std::ptr::eq(*other, scope))?;
        Some(pipeline.clone())
    }
}

impl<S: Subscriber> Layer<S> for TestScopes {}
