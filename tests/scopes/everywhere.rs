//! Runs a program in each application, on each runtime, and checks what was exported: nothing of one exporter is in
//! another.

use std::collections::HashMap;

use opentelemetry_sdk::trace::SpanData;
use tracing_relay::TraceScope;

use crate::applications::{Application, Current, Kind, Runtime};
use crate::support::{Installed, assert_apart, assert_root, assert_whole, trace_id};

/// What each of the scopes of a program begins the names of its spans with.
const PREFIXES: [&str; 2] = ["relay.", "other."];
/// What the application begins them with.
const USER: &str = "user.";

/// Where a program runs.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) application: Application,
    pub(crate) runtime: Runtime,
}

/// What was exported.
pub(crate) struct Seen {
    pub(crate) application: Vec<SpanData>,
    /// By the scopes, in their order.
    pub(crate) scopes: Vec<Vec<SpanData>>,
}

impl Seen {
    /// The spans of the first scope with this name.
    pub(crate) fn relay(&self, name: &str) -> Vec<&SpanData> {
        let spans = self.scopes[0].iter();
        spans.filter(|span| span.name == name).collect()
    }

    /// The only span of this name, wherever it is.
    #[track_caller]
    pub(crate) fn one(&self, name: &str) -> &SpanData {
        let all = self.scopes.iter().flatten().chain(&self.application);
        let found: Vec<_> = all.filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "`{name}`");
        found[0]
    }
}

/// Runs a program in every world, and lets `check` look at what was exported.
pub(crate) fn everywhere<F>(
    scopes: &[&'static TraceScope],
    program: impl Fn(World) -> F,
    check: impl Fn(&World, &Seen),
) where
    F: Future<Output = ()> + Send + 'static,
{
    on_each(|_| true, scopes, program, check);
}

/// Runs an operation on each runtime of tokio, in a span of the application, for which nothing changes.
pub(crate) fn on_tokio<F>(
    scope: &'static TraceScope,
    operation: impl Fn() -> F + Copy + Send + 'static,
    check: impl Fn(&World, &Seen),
) where
    F: Future<Output = ()> + Send + 'static,
{
    let program = |world: World| async move {
        let application = &world.application;
        application.around(application.unchanged(operation())).await;
    };
    on_each(Runtime::is_tokio, &[scope], program, check);
}

fn on_each<F>(
    wanted: impl Fn(Runtime) -> bool,
    scopes: &[&'static TraceScope],
    program: impl Fn(World) -> F,
    check: impl Fn(&World, &Seen),
) where
    F: Future<Output = ()> + Send + 'static,
{
    for kind in Kind::ALL {
        for runtime in Runtime::ALL.into_iter().filter(|runtime| wanted(*runtime)) {
            println!("{kind:?} on {runtime:?}");
            let world = World {
                application: Application::new(kind),
                runtime,
            };
            let installed: Vec<_> = scopes.iter().map(|scope| Installed::new(scope)).collect();
            let before = Current::now();
            runtime.run(&world.application, program(world.clone()));
            assert_eq!(Current::now(), before);
            let seen = Seen {
                scopes: installed.into_iter().map(Installed::uninstall).collect(),
                application: world.application.spans(),
            };
            check_exported(&seen);
            check(&world, &seen);
        }
    }
}

fn check_exported(seen: &Seen) {
    let mut exporters: Vec<&[SpanData]> = vec![&seen.application];
    exporters.extend(seen.scopes.iter().map(Vec::as_slice));
    assert_apart(&exporters);
    for (spans, prefix) in exporters.iter().zip([USER].into_iter().chain(PREFIXES)) {
        assert_whole(spans);
        for span in *spans {
            assert!(
                span.name.starts_with(prefix),
                "`{}` is exported where the names are `{prefix}`",
                span.name
            );
        }
    }
    let mut probes = HashMap::new();
    for span in &seen.application {
        match span.name.as_ref() {
            "user.root" => assert_root(span),
            "user.probe" => {
                let number = span
                    .attributes
                    .iter()
                    .find(|at| at.key.as_str() == "number");
                let number = number.expect("a probe has a number").value.clone();
                let probe: &mut Vec<&SpanData> = probes.entry(number.to_string()).or_default();
                probe.push(span);
            }
            _ => {}
        }
    }
    for pair in probes.values() {
        let [before, after] = pair[..] else {
            panic!("there are {} probes with the same number", pair.len());
        };
        assert_eq!(after.parent_span_id, before.parent_span_id);
        if before.parent_span_id != opentelemetry::SpanId::INVALID {
            assert_eq!(trace_id(after), trace_id(before));
        }
    }
}
