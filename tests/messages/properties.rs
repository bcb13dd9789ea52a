//! Whatever a carrier holds, its message is read; whatever is sent comes back.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tracing_relay::{
    CarriesTrace, SpanId, TraceCarrier, TraceContext, TraceFlags, TraceId, carries_trace,
};

#[carries_trace]
#[derive(Serialize, Deserialize)]
struct Job {
    id: u64,
}

#[carries_trace(flavour = "sentry")]
#[derive(Serialize, Deserialize)]
struct Event {
    id: u64,
}

#[carries_trace(wire = "fixed")]
#[derive(Serialize, Deserialize)]
struct Sample {
    id: u64,
}

/// Any JSON, with the keys and the texts that mean something more often than by chance.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "00-[0-9a-f]{31,33}-[0-9a-f]{15,17}-0[0-3]",
        "[0-9a-f]{31,33}-[0-9a-f]{15,17}(-[012])?",
        "[a-z]{0,3}=[a-z,=]{0,5}",
    ];
    let key = prop_oneof![
        Just("traceparent".to_owned()),
        Just("tracestate".to_owned()),
        Just("baggage".to_owned()),
        Just("trace".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|entries| Value::from(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_context() -> impl Strategy<Value = TraceContext> {
    let entry = ("[a-z]{1,8}", any::<String>());
    let ids = (any::<[u8; 16]>(), any::<[u8; 8]>(), any::<u8>());
    let rest = (
        prop::option::of("[a-z]{1,8}=[a-z]{1,8}(,[0-9][a-z]{1,8}=x)?"),
        prop::collection::vec(entry, 0..3),
    );
    (ids, rest).prop_filter_map("valid ids and members", |(ids, (state, entries))| {
        let context = TraceContext::new(
            TraceId::from_bytes(ids.0)?,
            SpanId::from_bytes(ids.1)?,
            TraceFlags::new(ids.2),
        );
        let mut baggage = context.baggage().clone();
        for (key, value) in &entries {
            baggage = baggage.with(key, value).ok()?;
        }
        let state = state.map(|state| state.parse()).transpose().ok()?;
        Some(context.with_tracestate(state).with_baggage(baggage))
    })
}

proptest! {
    #[test]
    fn any_carrier_is_read_and_what_is_sent_on_is_valid(carrier in any_json()) {
        let job: Job = serde_json::from_value(json!({"id": 1, "trace": carrier})).unwrap();
        let event: Event = serde_json::from_value(json!({"id": 1, "_sentry": carrier})).unwrap();
        let again: Job = serde_json::from_str(&serde_json::to_string(&job).unwrap()).unwrap();
        prop_assert_eq!(again.trace.context(), job.trace.context());
        prop_assert!(again.trace.extract().error().is_none());
        let again: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        prop_assert_eq!(again.trace.context(), event.trace.context());
    }

    #[test]
    fn what_is_sent_comes_back(context in any_context()) {
        let job = Job { id: 1, trace: context.clone().into() };
        let read: Job = serde_json::from_str(&serde_json::to_string(&job).unwrap()).unwrap();
        prop_assert_eq!(read.trace.context(), Some(&context));
        let read: Job = rmp_serde::from_slice(&rmp_serde::to_vec(&job).unwrap()).unwrap();
        prop_assert_eq!(read.trace.context(), Some(&context));
        prop_assert!(read.trace.context().unwrap().is_remote());

        let sample = Sample { id: 1, trace: context.clone().into() };
        let read: Sample = postcard::from_bytes(&postcard::to_stdvec(&sample).unwrap()).unwrap();
        prop_assert_eq!(read.trace.context(), Some(&context));
    }

    #[test]
    fn no_bytes_make_the_fixed_form_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(sample) = postcard::from_bytes::<Sample>(&bytes) {
            let written = postcard::to_stdvec(&sample).unwrap();
            let again: Sample = postcard::from_bytes(&written).unwrap();
            prop_assert_eq!(again.trace.context(), sample.trace.context());
        }
    }
}

#[test]
fn a_traceparent_costs_no_allocation_on_its_way() {
    let text = format!(
        r#"{{"id":1,"trace":{{"traceparent":"{}"}}}}"#,
        crate::support::TRACEPARENT
    );
    let mut written = Vec::with_capacity(text.len());
    let allocations = allocation_counter::measure(|| {
        let job: Job = serde_json::from_str(&text).unwrap();
        assert!(job.trace.context().is_some());
        serde_json::to_writer(&mut written, &job).unwrap();
        let untraced = Job {
            id: 1,
            trace: TraceCarrier::none(),
        };
        serde_json::to_writer(std::io::sink(), &untraced).unwrap();
    });
    assert_eq!(written, text.as_bytes());
    assert_eq!(allocations.count_total, 0);
}
