//! Whether code on OpenTelemetry's API passes traces on.

use std::collections::HashMap;

use super::{Diagnosis, Problem};
use crate::context::TraceContext;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::otel;

pub(super) fn examine(diagnosis: &mut Diagnosis) {
    let (Some(trace_id), Some(span_id)) =
        (TraceId::from_bytes([1; 16]), SpanId::from_bytes([1; 8]))
    else {
        return;
    };
    let sampled = TraceFlags::default().with_sampled(true);
    let context = otel::to_context(&TraceContext::new(trace_id, span_id, sampled));
    let mut headers = HashMap::new();
    opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut headers);
    });
    if headers.is_empty() {
        diagnosis.find(
            Problem::NoPropagator,
            "OpenTelemetry's global propagator writes nothing: code on its API, HTTP middleware for one, passes no trace on \
             and continues none. The attributes of this crate do not use it",
            "call `opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new())` at the start, which \
             `Telemetry::init` does where `OTEL_PROPAGATORS` is not `none`",
        );
        return;
    }
    let mut names: Vec<_> = headers.keys().map(String::as_str).collect();
    names.sort_unstable();
    let names = names.join("`, `");
    diagnosis.prove(format!(
        "OpenTelemetry's global propagator writes `{names}`"
    ));
}
