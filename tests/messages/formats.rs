//! Every format, with readers and writers that know of the carrier and that do not.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing_relay::{TraceCarrier, TraceContext, carries_trace};

use crate::support::{TRACEPARENT, full, in_span, remote};

/// A format, as bytes.
trait Format {
    fn write<T: Serialize>(message: &T) -> Vec<u8>;
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String>;
}

macro_rules! formats {
    ($($name:ident: |$message:ident| $write:expr, |$bytes:ident| $read:expr;)+) => {$(
        struct $name;

        impl Format for $name {
            fn write<T: Serialize>($message: &T) -> Vec<u8> {
                $write
            }

            fn read<T: DeserializeOwned>($bytes: &[u8]) -> Result<T, String> {
                $read.map_err(|error| error.to_string())
            }
        }
    )+};
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("a text format")
}

formats! {
    Json: |message| serde_json::to_vec(message).unwrap(), |bytes| serde_json::from_slice(bytes);
    Yaml: |message| serde_saphyr::to_string(message).unwrap().into_bytes(),
        |bytes| serde_saphyr::from_slice(bytes);
    Toml: |message| toml::to_string(message).unwrap().into_bytes(), |bytes| toml::from_str(text(bytes));
    Cbor: |message| {
        let mut bytes = Vec::new();
        ciborium::into_writer(message, &mut bytes).unwrap();
        bytes
    }, |bytes| ciborium::from_reader(bytes);
    MessagePackMap: |message| rmp_serde::to_vec_named(message).unwrap(),
        |bytes| rmp_serde::from_slice(bytes);
    MessagePackArray: |message| rmp_serde::to_vec(message).unwrap(),
        |bytes| rmp_serde::from_slice(bytes);
    Bincode: |message| bincode::serde::encode_to_vec(message, bincode::config::standard()).unwrap(),
        |bytes| match bincode::serde::decode_from_slice(bytes, bincode::config::standard()) {
            Ok((message, length)) if length == bytes.len() => Ok(message),
            Ok(_) => Err("bytes are left".to_owned()),
            Err(error) => Err(error.to_string()),
        };
    Postcard: |message| postcard::to_stdvec(message).unwrap(),
        |bytes| match postcard::take_from_bytes(bytes) {
            Ok((message, [])) => Ok(message),
            Ok(_) => Err("bytes are left".to_owned()),
            Err(error) => Err(error.to_string()),
        };
}

/// The message before it carried.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Old {
    id: u64,
    name: String,
}

#[carries_trace]
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct New {
    id: u64,
    name: String,
}

#[carries_trace(flavour = "sentry")]
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sentry {
    id: u64,
    name: String,
}

#[carries_trace(wire = "fixed")]
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Fixed {
    id: u64,
    name: String,
}

trait Message: Debug + PartialEq + Serialize + DeserializeOwned {
    fn make(trace: TraceCarrier) -> Self;
    fn context(&self) -> Option<&TraceContext>;
}

macro_rules! messages {
    ($($message:ident),+) => {$(
        impl Message for $message {
            fn make(trace: TraceCarrier) -> Self {
                Self { id: 7, name: "job".to_owned(), trace }
            }

            fn context(&self) -> Option<&TraceContext> {
                self.trace.context()
            }
        }
    )+};
}

messages!(New, Sentry, Fixed);

fn old() -> Old {
    Old {
        id: 7,
        name: "job".to_owned(),
    }
}

/// Reads inside a span: what is missing must not be captured there.
fn read<F: Format, T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    in_span(|_| F::read(bytes))
}

fn new_to_new<F: Format, M: Message>(context: &TraceContext) {
    let message = M::make(context.clone().into());
    let back: M = read::<F, M>(&F::write(&message)).unwrap();
    assert_eq!(back, message);
    assert_eq!(back.context(), Some(context));
    assert!(back.context().unwrap().is_remote());

    let untraced = M::make(TraceCarrier::none());
    let back: M = read::<F, M>(&F::write(&untraced)).unwrap();
    assert_eq!(back, untraced);
    assert_eq!(back.context(), None);
}

fn old_and_new<F: Format, M: Message>() {
    let untraced = F::write(&M::make(TraceCarrier::none()));
    assert_eq!(
        untraced,
        F::write(&old()),
        "an empty carrier is not written"
    );
    assert_eq!(read::<F, Old>(&untraced).unwrap(), old());
    assert_eq!(read::<F, M>(&F::write(&old())).unwrap().context(), None);
}

fn traced_to_old<F: Format, M: Message>() {
    let traced = F::write(&M::make(full().into()));
    assert_eq!(read::<F, Old>(&traced).unwrap(), old());
}

macro_rules! self_describing {
    ($($test:ident: $format:ident;)+) => {$(
        #[test]
        fn $test() {
            new_to_new::<$format, New>(&full());
            new_to_new::<$format, New>(&remote(TRACEPARENT));
            new_to_new::<$format, Sentry>(&remote(TRACEPARENT));
            new_to_new::<$format, Sentry>(&full().with_tracestate(None));
            old_and_new::<$format, New>();
            old_and_new::<$format, Sentry>();
            traced_to_old::<$format, New>();
            traced_to_old::<$format, Sentry>();
        }
    )+};
}

self_describing! {
    json: Json;
    yaml: Yaml;
    toml: Toml;
    cbor: Cbor;
    message_pack_as_map: MessagePackMap;
}

#[test]
fn message_pack_as_array() {
    new_to_new::<MessagePackArray, New>(&full());
    new_to_new::<MessagePackArray, Sentry>(&remote(TRACEPARENT));
    old_and_new::<MessagePackArray, New>();
    old_and_new::<MessagePackArray, Sentry>();
    // An array is as long as the reader expects, or refused: never misread.
    let traced = MessagePackArray::write(&New::make(full().into()));
    let error = read::<MessagePackArray, Old>(&traced).unwrap_err();
    assert!(error.contains("incorrect length"), "{error}");
}

#[test]
fn a_flattened_field_beside_the_carrier() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Head {
        id: u64,
    }

    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    struct Flattened {
        name: String,
        #[serde(flatten)]
        head: Head,
    }

    fn check<F: Format>() {
        for trace in [TraceCarrier::none(), full().into()] {
            let sent = Flattened {
                name: "n".to_owned(),
                head: Head { id: 1 },
                trace,
            };
            let back: Flattened = read::<F, _>(&F::write(&sent)).unwrap();
            assert_eq!((back.name, back.head), (sent.name, sent.head));
            assert_eq!(back.trace.context(), sent.trace.context());
        }
    }

    check::<Json>();
    check::<Yaml>();
    check::<Toml>();
    check::<Cbor>();
    check::<MessagePackMap>();
    check::<MessagePackArray>();
}

#[test]
fn a_carrier_of_another_type_in_every_self_describing_format() {
    #[derive(Serialize)]
    struct Wrong<T> {
        id: u64,
        name: String,
        trace: T,
    }

    fn check<F: Format, T: Serialize>(trace: T, invalid: bool) {
        use tracing_relay::CarriesTrace as _;

        let wrong = Wrong {
            id: 7,
            name: "job".to_owned(),
            trace,
        };
        let read: New = read::<F, New>(&F::write(&wrong)).unwrap();
        assert_eq!(read.context(), None);
        assert_eq!(read.extract().error().is_some(), invalid);
    }

    fn check_all<F: Format>() {
        check::<F, _>(7, true);
        check::<F, _>(1.5, true);
        check::<F, _>(true, true);
        check::<F, _>("text", true);
        check::<F, _>("", false);
        check::<F, _>([1, 2], true);
        check::<F, _>(
            [("traceparent", 5)]
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>(),
            true,
        );
        check::<F, _>(
            [("unknown", 5)]
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>(),
            false,
        );
    }

    fn check_null<F: Format>() {
        check::<F, _>((), false);
        check::<F, _>(
            [(5, "x")]
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>(),
            false,
        );
    }

    check_all::<Json>();
    check_all::<Yaml>();
    check_all::<Toml>();
    check_all::<Cbor>();
    check_all::<MessagePackMap>();
    check_all::<MessagePackArray>();
    check_null::<Json>();
    check_null::<Yaml>();
    check_null::<Cbor>();
    check_null::<MessagePackMap>();
    check_null::<MessagePackArray>();
}

#[test]
fn yaml_with_tags() {
    let text = "id: 7\nname: job\ntrace: !custom {traceparent: x}\n";
    assert_eq!(read::<Yaml, New>(text.as_bytes()).unwrap().context(), None);
}

#[test]
fn the_fixed_form_is_for_formats_that_do_not_describe_themselves() {
    fn check<F: Format>(length_of_empty: usize, length: usize) {
        new_to_new::<F, Fixed>(&full());
        new_to_new::<F, Fixed>(&remote(TRACEPARENT));
        let bare = F::write(&old()).len();
        assert_eq!(
            F::write(&Fixed::make(TraceCarrier::none())).len() - bare,
            length_of_empty
        );
        assert_eq!(
            F::write(&Fixed::make(remote(TRACEPARENT).into())).len() - bare,
            length
        );

        // Strict: the two ends have to agree.
        read::<F, Fixed>(&F::write(&old())).unwrap_err();
        read::<F, Old>(&F::write(&Fixed::make(TraceCarrier::none()))).unwrap_err();
    }

    check::<Bincode>(1, 28);
    check::<Postcard>(1, 28);
    new_to_new::<Json, Fixed>(&full());
    new_to_new::<Cbor, Fixed>(&full());
    new_to_new::<MessagePackArray, Fixed>(&full());
}

#[test]
fn the_fixed_form_refuses_what_is_no_context() {
    type Parts = ([u8; 16], [u8; 8], u8, Option<String>, Option<String>);

    #[derive(Serialize)]
    struct Raw {
        id: u64,
        name: String,
        trace: Option<Parts>,
    }

    let read_raw = |trace: Parts| {
        let raw = Raw {
            id: 7,
            name: "job".to_owned(),
            trace: Some(trace),
        };
        read::<Postcard, Fixed>(&Postcard::write(&raw)).map(|_| ())
    };
    read_raw(([1; 16], [1; 8], 1, None, None)).unwrap();
    read_raw(([0; 16], [1; 8], 1, None, None)).unwrap_err();
    read_raw(([1; 16], [0; 8], 1, None, None)).unwrap_err();
    read_raw(([1; 16], [1; 8], 1, Some("no equals sign".to_owned()), None)).unwrap_err();
}

#[test]
fn the_default_form_fails_at_the_first_decoding_where_it_is_not_right() {
    let traced = New::make(remote(TRACEPARENT).into());
    let untraced = New::make(TraceCarrier::none());
    for message in [&traced, &untraced] {
        // More bytes follow, as in a stream: they must not be taken for a carrier.
        for tail in [&[][..], &[0; 64]] {
            let bytes = [Bincode::write(message), tail.to_vec()].concat();
            let error = read::<Bincode, New>(&bytes).unwrap_err();
            assert!(
                error.contains("deserialize_any") || error.contains("AnyNotSupported"),
                "{error}"
            );
            let bytes = [Postcard::write(message), tail.to_vec()].concat();
            let error = read::<Postcard, New>(&bytes).unwrap_err();
            assert!(error.contains("will never implement"), "{error}");
        }
    }
}

/// A tag of CBOR is not a map of headers, whatever is in it.
#[test]
fn cbor_with_tags() {
    #[derive(Serialize)]
    struct Tagged<T> {
        id: u64,
        name: &'static str,
        trace: T,
    }

    fn check<T: Serialize>(trace: T) {
        let bytes = Cbor::write(&Tagged {
            id: 7,
            name: "job",
            trace,
        });
        assert_eq!(read::<Cbor, New>(&bytes).unwrap().context(), None);
    }

    check(ciborium::tag::Required::<_, 55799>("text"));
    check(ciborium::tag::Required::<_, 55799>([1, 2]));
    check(std::collections::BTreeMap::from([(
        "traceparent",
        ciborium::tag::Required::<_, 2>("text"),
    )]));
}
