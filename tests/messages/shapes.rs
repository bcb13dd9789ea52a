//! The types that a carrier can be in.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use tracing_relay::{
    CarriesTrace, CarriesTraceMut, Extracted, TraceCarrier, TraceContext, carries_trace,
};

use crate::support::{OTHER, TRACEPARENT, remote};

fn carrier() -> TraceCarrier {
    remote(TRACEPARENT).into()
}

/// Reads the context, writes another one, and reads that.
fn round_trip(mut message: impl CarriesTraceMut) {
    assert_eq!(message.extract().context(), Some(&remote(TRACEPARENT)));
    message.inject(&remote(OTHER));
    assert_eq!(message.extract().context(), Some(&remote(OTHER)));
}

#[test]
fn structs_of_all_shapes() {
    #[derive(CarriesTrace)]
    struct Named {
        #[carrier]
        trace: TraceCarrier,
        #[expect(dead_code, reason = "a field after the carrier")]
        id: u64,
    }

    #[derive(CarriesTrace)]
    struct Tuple(
        #[expect(dead_code, reason = "a field before the carrier")] u64,
        #[carrier] TraceCarrier,
    );

    #[derive(CarriesTrace)]
    struct Raw {
        #[carrier]
        r#type: TraceCarrier,
    }

    round_trip(Named {
        trace: carrier(),
        id: 1,
    });
    round_trip(Tuple(1, carrier()));
    round_trip(Raw { r#type: carrier() });
}

#[test]
fn enums_with_a_carrier_in_each_variant() {
    #[derive(CarriesTrace)]
    enum Op {
        Start {
            #[expect(dead_code, reason = "a field before the carrier")]
            id: u64,
            #[carrier]
            trace: TraceCarrier,
        },
        Stop(#[carrier] TraceCarrier),
        Nested(#[carrier] Box<Op>),
        #[carrier(none)]
        Ping,
        #[carrier(none)]
        Pong(#[expect(dead_code, reason = "a field of a variant without a carrier")] u8),
    }

    round_trip(Op::Start {
        id: 1,
        trace: carrier(),
    });
    round_trip(Op::Stop(carrier()));
    round_trip(Op::Nested(Box::new(Op::Nested(Box::new(Op::Stop(
        carrier(),
    ))))));
    for mut op in [Op::Ping, Op::Pong(1)] {
        op.inject(&remote(TRACEPARENT));
        assert!(op.extract().is_absent());
    }
}

#[test]
fn an_enum_without_variants() {
    #[derive(CarriesTrace)]
    enum Never {}

    fn carries<T: CarriesTraceMut>() -> usize {
        size_of::<T>()
    }

    assert_eq!(carries::<Never>(), 0);
}

#[test]
fn generics_with_bounds_defaults_lifetimes_and_constants() {
    #[derive(CarriesTrace)]
    struct Derived<'a, T: Debug + ?Sized = str, const N: usize = 2>
    where
        T: Send,
    {
        #[expect(dead_code, reason = "only the carrier is read")]
        parts: [&'a T; N],
        #[carrier]
        trace: TraceCarrier,
    }

    #[carries_trace(new)]
    #[derive(Clone, Debug)]
    struct Attributed<'a, 'b: 'a, K, V = u8, const N: usize = 1>
    where
        K: std::hash::Hash + Eq,
    {
        map: HashMap<K, V>,
        name: &'a str,
        more: [&'b str; N],
    }

    #[carries_trace(new)]
    struct Borrowing<'a, T, const N: usize> {
        values: &'a [T; N],
    }

    #[carries_trace]
    struct SelfInWhere<T>
    where
        Self: Sized,
        Option<Self>: Sized,
    {
        value: T,
    }

    assert_eq!(
        SelfInWhere {
            value: 1,
            trace: carrier()
        }
        .value,
        1
    );
    let values = [1, 2];
    let mut borrowing = Borrowing::new(&values);
    assert_eq!(borrowing.values, &values);
    borrowing.trace = carrier();
    round_trip(borrowing);
    round_trip(Derived {
        parts: ["a", "b"],
        trace: carrier(),
    });
    let mut message = Attributed::new(HashMap::from([(1_u8, 2_u8)]), "a", ["b"]);
    assert_eq!(
        (message.map[&1], message.name, message.more),
        (2, "a", ["b"])
    );
    message.trace = carrier();
    round_trip(message.clone());
}

#[test]
fn a_field_that_carries_by_itself() {
    #[carries_trace]
    struct Inner {
        id: u64,
    }

    #[derive(CarriesTrace)]
    struct Outer {
        #[carrier]
        inner: Inner,
    }

    #[derive(CarriesTrace)]
    struct Generic<T>(#[carrier] T);

    round_trip(Outer {
        inner: Inner {
            id: 1,
            trace: carrier(),
        },
    });
    round_trip(Generic(Inner {
        id: 1,
        trace: carrier(),
    }));
    round_trip(Generic(Generic(Box::new(carrier()))));
    let absent = Generic(None::<Inner>);
    assert!(absent.extract().is_absent());
    assert_eq!(
        Inner {
            id: 4,
            trace: carrier()
        }
        .id,
        4
    );
}

#[test]
fn a_field_that_can_only_be_read() {
    struct Head(&'static str);

    impl CarriesTrace for Head {
        fn extract(&self) -> Extracted {
            self.0
                .parse::<TraceContext>()
                .map_or_else(Extracted::invalid, Extracted::valid)
        }
    }

    #[derive(CarriesTrace)]
    struct ByHead {
        #[carrier]
        head: Head,
    }

    #[derive(CarriesTrace)]
    enum Shared {
        Here(#[carrier] Arc<TraceCarrier>),
    }

    let message = ByHead {
        head: Head(TRACEPARENT),
    };
    assert_eq!(message.extract().context(), Some(&remote(TRACEPARENT)));
    assert!(
        ByHead {
            head: Head("nonsense")
        }
        .extract()
        .error()
        .is_some()
    );
    let shared = Shared::Here(Arc::new(carrier()));
    assert_eq!(shared.extract().context(), Some(&remote(TRACEPARENT)));
}

#[test]
fn the_field_is_as_visible_as_the_struct() {
    mod protocol {
        use tracing_relay::carries_trace;

        #[carries_trace]
        pub(crate) struct Public {
            pub(crate) id: u64,
        }

        pub(super) mod deep {
            #[tracing_relay::carries_trace(field = context)]
            pub(in super::super) struct Restricted {
                pub(in super::super) id: u64,
            }
        }
    }

    // A literal can be written wherever the struct can be named.
    let public = protocol::Public {
        id: 1,
        trace: carrier(),
    };
    let restricted = protocol::deep::Restricted {
        id: 2,
        context: carrier(),
    };
    assert_eq!(public.id + restricted.id, 3);
    round_trip(public);
    round_trip(restricted);
}

#[test]
fn other_attributes_stay_where_they_are() {
    /// A message with everything around it.
    #[carries_trace(new)]
    #[must_use]
    #[non_exhaustive]
    #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
    #[repr(C)]
    struct Decorated {
        /// A field.
        #[cfg(test)]
        id: u64,
        #[cfg(not(test))]
        missing: NotThere,
    }

    let message = Decorated::new(1);
    assert_eq!(
        message,
        Decorated {
            id: 1,
            trace: carrier()
        }
    );
    assert_eq!(
        format!("{:?}", Decorated::new(1)),
        "Decorated { id: 1, trace: none }"
    );
    round_trip(Decorated {
        id: 1,
        trace: carrier(),
    });
}

#[test]
fn a_derive_above_that_misses_only_metadata_is_accepted() {
    #[derive(Debug, PartialEq)]
    #[carries_trace]
    struct Job {
        id: u64,
    }

    let job = Job {
        id: 1,
        trace: carrier(),
    };
    assert_eq!(
        job,
        Job {
            id: 1,
            trace: TraceCarrier::none()
        }
    );
    assert_eq!(format!("{job:?}"), "Job { id: 1 }");
    round_trip(job);
}

#[test]
fn names_that_are_shadowed() {
    mod hostile {
        #![allow(dead_code, non_camel_case_types, reason = "they are only in the way")]

        pub(super) struct Default;
        pub(super) struct TraceCarrier;
        pub(super) struct Self_;
        pub(super) struct Option;
        pub(super) trait CarriesTrace {}
        pub(super) trait Serialize {}
        mod core {}
        mod std {}

        #[tracing_relay::carries_trace(new, default = none)]
        #[::core::prelude::v1::derive(::core::default::Default)]
        pub(super) struct Job {
            pub(super) __relay_context: u8,
            pub(super) self_: u8,
        }
    }

    let job = hostile::Job::new(1, 2);
    assert_eq!((job.__relay_context, job.self_), (1, 2));
    assert!(<hostile::Job as Default>::default().trace.is_none());
}

#[test]
fn an_absent_carrier_of_a_message_takes_the_trace_along() {
    #[derive(CarriesTrace)]
    struct Request {
        #[carrier]
        trace: Option<TraceCarrier>,
    }

    let mut request = Request { trace: None };
    assert!(request.is_empty_carrier());
    request.inject(&remote(OTHER));
    assert_eq!(request.extract().context(), Some(&remote(OTHER)));
    request.inject(&remote(TRACEPARENT));
    round_trip(request);
}

#[test]
fn an_absent_message_is_not_made_up() {
    #[derive(CarriesTrace)]
    struct Request(#[carrier] TraceCarrier);

    let mut absent: Option<Request> = None;
    absent.inject(&remote(TRACEPARENT));
    assert!(absent.is_none());
}

#[test]
fn the_type_of_the_carrier_comes_from_a_macro() {
    macro_rules! message {
        ($name:ident, $carrier:ty) => {
            #[derive(serde::Deserialize, CarriesTrace)]
            struct $name {
                #[carrier]
                #[serde(default)]
                trace: $carrier,
            }
        };
    }
    message!(Request, Option<TraceCarrier>);

    let request: Request = serde_json::from_str("{}").unwrap();
    assert!(request.trace.is_none());
}

#[test]
fn a_lifetime_that_is_named_like_the_generated_one_is_not_shadowed() {
    #[derive(CarriesTrace)]
    struct Borrowed<'__relay, T: CarriesTrace> {
        #[carrier]
        inner: &'__relay mut T,
    }

    let mut inner = carrier();
    round_trip(Borrowed { inner: &mut inner });
    assert_eq!(inner.context(), Some(&remote(OTHER)));
}
