//! The JSON of a message, and what a carrier may hold without rejecting it.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing_relay::{CarriesTrace, InvalidCarrier, TraceCarrier, carries_trace};

use crate::support::{OTHER, TRACEPARENT, full, in_span, remote};

#[carries_trace]
#[derive(Debug, Serialize, Deserialize)]
struct Job {
    id: u64,
}

/// Reads inside a span: whatever is missing must not be captured.
fn read<T: DeserializeOwned>(value: Value) -> T {
    let text = value.to_string();
    let from_value = in_span(|_| serde_json::from_value::<T>(value));
    assert!(from_value.is_ok(), "{text}: {:?}", from_value.err());
    in_span(|_| serde_json::from_str(&text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_context_is_written_whole_and_read_as_remote() {
    let job = Job {
        id: 1,
        trace: full().into(),
    };
    let written = serde_json::to_value(&job).unwrap();
    assert_eq!(
        written,
        json!({"id": 1, "trace": {
            "traceparent": TRACEPARENT,
            "tracestate": "vendor=value,other=x",
            "baggage": "user.tier=gold%2C%20silver",
        }}),
    );
    let back: Job = read(written);
    assert_eq!(back.trace.context(), Some(&full()));
    assert!(back.trace.context().unwrap().is_remote());
}

#[test]
fn the_shortest_form_adds_no_more_than_needed() {
    let job = Job {
        id: 1,
        trace: remote(TRACEPARENT).into(),
    };
    let untraced = Job {
        id: 1,
        trace: TraceCarrier::none(),
    };
    let length = serde_json::to_string(&job).unwrap().len();
    assert_eq!(serde_json::to_string(&untraced).unwrap(), r#"{"id":1}"#);
    assert_eq!(length - r#"{"id":1}"#.len(), 82);
}

/// S5, and the empty values of decision 3.
#[test]
fn a_carrier_never_rejects_its_message() {
    let silent = [
        json!(null),
        json!(""),
        json!({}),
        json!({"traceparent": null}),
        json!({"traceparent": ""}),
        json!({"traceparent": "  "}),
        json!({"tracestate": "vendor=value"}),
        json!({"traceparent": "", "tracestate": "vendor=value", "baggage": "a=b"}),
        json!({"unknown": {"deep": [1, {"traceparent": TRACEPARENT}]}}),
    ];
    for carrier in silent {
        let job: Job = read(json!({"id": 1, "trace": carrier}));
        assert!(
            job.trace.extract().is_absent(),
            "{carrier}: {:?}",
            job.trace
        );
    }

    let wrong_type = [
        json!(7),
        json!(-7),
        json!(1.5),
        json!(true),
        json!("00-4bf9"),
        json!([]),
        json!([TRACEPARENT]),
        json!({"traceparent": 5}),
        json!({"traceparent": [TRACEPARENT]}),
        json!({"traceparent": {"a": {}}, "tracestate": "vendor=value"}),
    ];
    for carrier in wrong_type {
        let job: Job = read(json!({"id": 1, "trace": carrier}));
        let reason = job.trace.extract().error().map(InvalidCarrier::reason);
        assert_eq!(
            reason,
            Some("the carrier is not a map of strings"),
            "{carrier}"
        );
        assert!(job.trace.is_none(), "{carrier}");
        assert_eq!(
            serde_json::to_string(&job).unwrap(),
            r#"{"id":1}"#,
            "nothing bad is sent on"
        );
    }

    for traceparent in [
        "not-a-traceparent",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    ] {
        let job: Job = read(json!({"id": 1, "trace": {"traceparent": traceparent}}));
        assert!(job.trace.extract().error().is_some(), "{traceparent}");
    }
}

#[test]
fn what_is_bad_beside_a_good_traceparent_is_dropped_alone() {
    for extra in [
        json!({"tracestate": 5, "baggage": ["a=b"]}),
        json!({"tracestate": "", "baggage": ""}),
        json!({"tracestate": "no equals sign", "baggage": "no equals sign"}),
        json!({"tracestate": null, "baggage": null, "unknown": 1, "": {}}),
    ] {
        let mut carrier = extra.clone();
        carrier["traceparent"] = json!(TRACEPARENT);
        let job: Job = read(json!({"id": 1, "trace": carrier}));
        assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)), "{extra}");
    }
}

#[test]
fn a_key_that_occurs_twice_is_not_a_carrier() {
    let text =
        format!(r#"{{"id":1,"trace":{{"traceparent":"{TRACEPARENT}","traceparent":"{OTHER}"}}}}"#);
    let job: Job = serde_json::from_str(&text).unwrap();
    assert!(job.trace.extract().error().is_some());
    let text = r#"{"id":1,"trace":{"traceparent":"T","#.replace('T', TRACEPARENT)
        + r#""tracestate":"a=b","tracestate":"c=d"}}"#;
    let job: Job = serde_json::from_str(&text).unwrap();
    assert_eq!(
        job.trace.context().unwrap().tracestate().unwrap().as_str(),
        "a=b"
    );
}

#[test]
fn a_broken_document_is_an_error_also_inside_the_carrier() {
    for text in [
        r#"{"id":1,"trace":{"traceparent":"#,
        r#"{"id":1,"trace":{"a":[}}"#,
        r#"{"id":1,"trace":{"a" 1}}"#,
    ] {
        assert!(serde_json::from_str::<Job>(text).is_err(), "{text}");
    }
}

#[test]
fn escapes_and_readers_own_their_text() {
    let text = format!(
        r#"{{"id":1,"trace":{{"trace\u0070arent":"\u0030{}"}}}}"#,
        &TRACEPARENT[1..]
    );
    let job: Job = serde_json::from_str(&text).unwrap();
    assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)));
    let job: Job = serde_json::from_reader(text.as_bytes()).unwrap();
    assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)));
}

#[test]
fn the_key_can_be_renamed() {
    #[carries_trace(field = context, rename = "_meta")]
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Renamed {
        job_id: u64,
    }

    #[carries_trace(field = trace_context)]
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ByRule {
        job_id: u64,
    }

    let renamed = Renamed {
        job_id: 1,
        context: remote(TRACEPARENT).into(),
    };
    let written = serde_json::to_value(&renamed).unwrap();
    assert_eq!(
        written,
        json!({"jobId": 1, "_meta": {"traceparent": TRACEPARENT}})
    );
    assert_eq!(
        read::<Renamed>(written).context.context(),
        Some(&remote(TRACEPARENT))
    );

    let by_rule = ByRule {
        job_id: 1,
        trace_context: remote(TRACEPARENT).into(),
    };
    let written = serde_json::to_value(&by_rule).unwrap();
    assert_eq!(
        written,
        json!({"jobId": 1, "traceContext": {"traceparent": TRACEPARENT}})
    );
}

#[test]
fn the_sentry_flavour() {
    #[carries_trace(flavour = "sentry")]
    #[derive(Serialize, Deserialize)]
    struct Event {
        kind: String,
    }

    let sentry = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1";
    let frozen = "sentry-trace_id=4bf92f3577b34da6a3ce929d0e0e4736,sentry-release=a%2Fb";
    let event: Event = read(json!({"kind": "x", "_sentry": {"trace": sentry, "baggage": frozen}}));
    assert_eq!(
        event.trace.context().unwrap().traceparent().as_str(),
        TRACEPARENT
    );
    let written = serde_json::to_value(&event).unwrap();
    assert_eq!(written["_sentry"]["trace"], json!(sentry));
    assert_eq!(written["_sentry"]["baggage"], json!(frozen));

    let alone: Event = read(json!({"kind": "x", "_sentry": {"trace": sentry}}));
    assert_eq!(
        serde_json::to_value(&alone).unwrap(),
        json!({"kind": "x", "_sentry": {"trace": sentry}})
    );

    for carrier in [
        json!(null),
        json!(""),
        json!({"trace": ""}),
        json!({"baggage": frozen}),
    ] {
        let event: Event = read(json!({"kind": "x", "_sentry": carrier}));
        assert!(event.trace.extract().is_absent(), "{carrier}");
        assert_eq!(serde_json::to_value(&event).unwrap(), json!({"kind": "x"}));
    }
    for carrier in [json!(5), json!({"trace": 5}), json!({"trace": TRACEPARENT})] {
        let event: Event = read(json!({"kind": "x", "_sentry": carrier}));
        assert!(event.trace.extract().error().is_some(), "{carrier}");
    }
}

#[test]
fn a_field_can_choose_its_form() {
    #[derive(Serialize, Deserialize, CarriesTrace)]
    struct Event {
        #[carrier]
        #[serde(
            default = "TraceCarrier::none",
            with = "tracing_relay::serde_form::sentry"
        )]
        trace: TraceCarrier,
    }

    let written = serde_json::to_string(&Event {
        trace: TraceCarrier::none(),
    })
    .unwrap();
    assert_eq!(
        written, r#"{"trace":{}}"#,
        "always written, because nothing says to skip it"
    );
    assert!(read::<Event>(json!({})).trace.is_none());
}

#[test]
fn messages_that_serde_buffers() {
    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        id: u64,
    }

    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    struct Open {
        id: u64,
        #[serde(flatten)]
        rest: HashMap<String, Value>,
    }

    #[derive(Serialize, Deserialize)]
    struct Outer {
        name: String,
        #[serde(flatten)]
        job: Job,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged {
        Job(Job),
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Number(u64),
        Job(Job),
    }

    let traced = json!({"traceparent": TRACEPARENT});
    let expected = remote(TRACEPARENT);

    let strict: Strict = read(json!({"id": 1, "trace": traced}));
    assert_eq!((strict.id, strict.trace.context()), (1, Some(&expected)));
    assert!(serde_json::from_value::<Strict>(json!({"id": 1, "tarce": traced})).is_err());

    let open: Open = read(json!({"id": 1, "trace": traced, "more": true}));
    assert_eq!((open.id, open.trace.context()), (1, Some(&expected)));
    assert_eq!(open.rest, HashMap::from([("more".to_owned(), json!(true))]));
    assert_eq!(
        serde_json::to_value(&open).unwrap(),
        json!({"id": 1, "trace": traced, "more": true}),
    );

    let outer: Outer = read(json!({"name": "n", "id": 1, "trace": traced}));
    assert_eq!(
        (outer.name.as_str(), outer.job.trace.context()),
        ("n", Some(&expected))
    );

    let Tagged::Job(job) = read(json!({"type": "job", "id": 1, "trace": traced}));
    assert_eq!(job.trace.context(), Some(&expected));
    let Tagged::Job(job) = read(json!({"type": "job", "id": 1, "trace": {"traceparent": [5]}}));
    assert!(job.trace.extract().error().is_some());

    let Untagged::Job(job) = read(json!({"id": 1, "trace": traced})) else {
        panic!("it is a job");
    };
    assert_eq!(job.trace.context(), Some(&expected));
    assert!(matches!(read(json!(4)), Untagged::Number(4)));
}

#[test]
fn a_struct_that_only_reads_or_only_writes() {
    #[carries_trace]
    #[derive(Deserialize)]
    struct In {
        id: u64,
    }

    #[carries_trace]
    #[derive(serde::Serialize)]
    struct Out {
        id: u64,
    }

    let read: In = read(json!({"id": 1}));
    assert!(read.trace.is_none());
    let out = Out {
        id: read.id,
        trace: TraceCarrier::none(),
    };
    assert_eq!(serde_json::to_string(&out).unwrap(), r#"{"id":1}"#);
}

#[test]
fn derives_under_another_name() {
    use serde::{Deserialize as FromWire, Serialize as ToWire};

    #[carries_trace(serde = true)]
    #[derive(ToWire, FromWire)]
    struct Aliased {
        id: u64,
    }

    let aliased: Aliased = read(json!({"id": 1}));
    assert_eq!(serde_json::to_string(&aliased).unwrap(), r#"{"id":1}"#);
    assert_eq!(aliased.id, 1);
}

#[test]
fn serialize_by_hand_is_said_to_be_so() {
    #[carries_trace(serde = false)]
    struct ByHand {
        id: u64,
    }

    impl Serialize for ByHand {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            (self.id, &self.trace).serialize(serializer)
        }
    }

    let message = ByHand {
        id: 1,
        trace: remote(TRACEPARENT).into(),
    };
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json!([1, {"traceparent": TRACEPARENT}]),
    );
}

#[test]
fn a_conversion_hands_the_carrier_on() {
    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    struct Wire {
        number: String,
    }

    #[carries_trace(serde = false)]
    #[derive(Clone, Serialize, Deserialize)]
    #[serde(from = "Wire", into = "Wire")]
    struct Job {
        id: usize,
    }

    impl From<Job> for Wire {
        fn from(Job { id, trace }: Job) -> Self {
            let number = "I".repeat(id);
            Self { number, trace }
        }
    }

    impl From<Wire> for Job {
        fn from(Wire { number, trace }: Wire) -> Self {
            let id = number.len();
            Self { id, trace }
        }
    }

    let written = json!({"number": "II", "trace": {"traceparent": TRACEPARENT}});
    let job: Job = read(written.clone());
    assert_eq!(job.id, 2);
    assert_eq!(job.trace.context(), Some(&remote(TRACEPARENT)));
    assert_eq!(serde_json::to_value(&job).unwrap(), written);
}

#[test]
fn a_default_of_the_whole_struct_does_not_capture() {
    #[carries_trace]
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Settings {
        level: u8,
    }

    let settings: Settings = read(json!({}));
    assert_eq!(settings.level, 0);
    assert!(settings.trace.is_none());
}
