//! Whether spans are recorded and sampled: the subscriber, its layers, its filters, and the sampler.

use std::sync::Arc;

use tracing::level_filters::STATIC_MAX_LEVEL;
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Level, dispatcher};

use super::directives::{LEVELS, decisive};
use super::probe::{self, Seen, look, site};
use super::{Diagnosis, Problem};
use crate::context::TraceContext;
use crate::engine::{Before, Recorder, Shared};

/// How many probes are made until one is sampled.
const TRIES: usize = 1_000;

/// Who records.
#[derive(Clone, Debug)]
pub(crate) enum By {
    Engine(Arc<Shared>, Before),
    OpenTelemetry,
    /// One of both.
    Hidden,
}

impl By {
    const fn name(&self) -> &'static str {
        match self {
            Self::Engine(..) => "the engine",
            Self::OpenTelemetry => "tracing-opentelemetry",
            Self::Hidden => "a layer that cannot be reached",
        }
    }
}

/// Who recorded a probe that is sampled.
pub(super) fn examine(
    spans: &[(String, Level)],
    directives: Option<&str>,
    diagnosis: &mut Diagnosis,
) -> Option<By> {
    if dispatcher::get_default(Dispatch::is::<NoSubscriber>) {
        diagnosis.find(
            Problem::NoSubscriber,
            "there is no subscriber on this thread: all spans and events are lost",
            "call `Telemetry::from_env().init()?` at the start of `main`, or `tracing::subscriber::set_global_default`; one \
             that is set with `with_default` or `set_default` is there on its own thread alone",
        );
        return None;
    }
    let engine = dispatcher::get_default(|dispatch| {
        Recorder::of(dispatch).map(|recorder| Arc::clone(&recorder.shared))
    });
    let before = engine.as_ref().map(|engine| engine.before());
    if engine.as_ref().is_some_and(|engine| engine.is_closed()) {
        diagnosis.find(
            Problem::ShutDown,
            "the engine of the current subscriber was shut down, and records nothing",
            "keep the `Telemetry` or the `Engine` to the end of `main`: dropping it is a shutdown, and `let _ =` drops at \
             once, where `let _telemetry =` keeps",
        );
        return None;
    }
    let of_opentelemetry = probe::is_layer_of_opentelemetry_there();
    let seen: Vec<_> = spans
        .iter()
        .map(|(target, level)| (target, *level, look(site(target, *level))))
        .collect();
    let is_recorded = seen.iter().any(|(_, _, seen)| seen.context().is_some());
    if !is_recorded && engine.is_none() && !of_opentelemetry {
        no_layer(diagnosis);
        return None;
    }
    let mut sampled = None;
    for (target, level, seen) in &seen {
        let Some(context) = seen.context() else {
            filtered(target, *level, seen, directives, diagnosis);
            continue;
        };
        let by = match (seen, &engine, before) {
            (Seen::Hidden(_), ..) => By::Hidden,
            (_, Some(engine), Some(before)) => By::Engine(Arc::clone(engine), before),
            _ => By::OpenTelemetry,
        };
        diagnosis.prove(format!(
            "a span of target `{target}` at {level} is recorded, by {}",
            by.name()
        ));
        if sampled.is_none() {
            let is_sampled = sampling(target, *level, context, &by, diagnosis);
            sampled = Some((by, is_sampled));
        }
    }
    let (by, is_sampled) = sampled?;
    match by {
        By::Hidden => hidden(diagnosis),
        By::Engine(..) if !of_opentelemetry => no_layer_of_opentelemetry(diagnosis),
        By::Engine(..) | By::OpenTelemetry => {}
    }
    is_sampled.then_some(by)
}

fn no_layer(diagnosis: &mut Diagnosis) {
    diagnosis.find(
        Problem::NoLayer,
        "the current subscriber has no layer that records spans, or hides it: there are log lines at most",
        "put `telemetry.layer()`, `engine.filtered_layer(…)` or `tracing_opentelemetry::layer().with_tracer(…)` into the \
         subscriber; where there is one behind `tracing_subscriber::reload`, put its filter there and not the layer",
    );
}

fn hidden(diagnosis: &mut Diagnosis) {
    diagnosis.find(
        Problem::HiddenLayer,
        "the layer that records is behind something that hides it, as `tracing_subscriber::reload` does: spans are recorded, \
         but `set_parent`, `add_link` and all else that looks for the layer does not find it",
        "put the filter behind `reload` and not the layer: `layer.with_filter(reload_filter)` with \
         `let (reload_filter, handle) = reload::Layer::new(filter)`",
    );
}

fn no_layer_of_opentelemetry(diagnosis: &mut Diagnosis) {
    diagnosis.find(
        Problem::NoOpenTelemetryLayer,
        "the methods of `tracing_opentelemetry::OpenTelemetrySpanExt` find no layer: the engine records, and they look for \
         that of tracing-opentelemetry",
        "use `tracing_relay::otel::SpanExt` in its place: its methods have the same names, and work on both",
    );
}

/// Why a span is not recorded.
fn filtered(
    target: &str,
    level: Level,
    seen: &Seen,
    directives: Option<&str>,
    diagnosis: &mut Diagnosis,
) {
    let what = format!("a span of target `{target}` at {level} is not recorded");
    if level > STATIC_MAX_LEVEL {
        diagnosis.find(
            Problem::Filtered,
            format!("{what}: `tracing` is built without that level, up to {STATIC_MAX_LEVEL}"),
            "`cargo tree --edges features --invert tracing` shows who turns a feature `max_level_…` or \
             `release_max_level_…` of it on",
        );
        return;
    }
    let recorded = LEVELS.map(|level| look(site(target, level)).context().is_some());
    let until = match LEVELS.iter().zip(recorded).rfind(|(_, seen)| *seen) {
        Some((last, _)) => format!("{last} is, and what is above"),
        None => "and none of any other level".to_owned(),
    };
    let wanted = match seen {
        Seen::Disabled => "no layer wants it",
        _ => "another layer wants it, and the one that records does not",
    };
    let decisive = directives.and_then(|text| decisive(text, target, recorded));
    let level = level.to_string().to_lowercase();
    let (by, help) = match decisive {
        Some(directive) => (
            format!(", as the directive `{directive}` says"),
            format!(
                "write `{target}={level}` behind it, or give the filter to the layer of the log lines alone: \
                 `log.with_filter(filter)` and not `registry().with(filter)`"
            ),
        ),
        None => (
            String::new(),
            format!(
                "let the filter of the layer that records take it, `Builder::with_level` or `filtered_layer` for one, and \
                 that of the whole subscriber, where there is one: `{target}={level}`"
            ),
        ),
    };
    diagnosis.find(
        Problem::Filtered,
        format!("{what}{by}: {wanted}; {until}"),
        help,
    );
}

/// Whether a probe is sampled, of several.
fn sampling(
    target: &str,
    level: Level,
    first: &TraceContext,
    by: &By,
    diagnosis: &mut Diagnosis,
) -> bool {
    let is_sampled = |seen: &Seen| {
        let context = seen.context();
        context.is_some_and(|context| context.flags().is_sampled())
    };
    let tries = if first.flags().is_sampled() {
        Some(1)
    } else {
        (2..=TRIES).find(|_| is_sampled(&look(site(target, level))))
    };
    if let Some(tries) = tries {
        diagnosis.prove(match tries {
            1 => "it is sampled".to_owned(),
            _ => format!("of {tries} such spans one is sampled"),
        });
        return true;
    }
    let sampler = match by {
        By::Engine(engine, _) => format!("`{:?}`", engine.config.sampler),
        By::OpenTelemetry | By::Hidden => "that of the tracer provider".to_owned(),
    };
    let variable = match std::env::var_os("OTEL_TRACES_SAMPLER") {
        Some(_) => "; `OTEL_TRACES_SAMPLER` is set",
        None => "",
    };
    diagnosis.find(
        Problem::NotSampled,
        format!("of {TRIES} spans that begin a trace none is sampled; the sampler is {sampler}{variable}"),
        "let the sampler keep some: `with_sampler(Sampler::ParentBased(Box::new(Sampler::Probability(0.1))))`, or \
         `OTEL_TRACES_SAMPLER=parentbased_traceidratio` with `OTEL_TRACES_SAMPLER_ARG=0.1`",
    );
    false
}
