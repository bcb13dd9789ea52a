//! How a [`TraceCarrier`] is written and read by serde.
//!
//! # The default form
//!
//! A map: `{"traceparent": "…", "tracestate": "…", "baggage": "…"}`, the last two only when there
//! are any. An empty carrier is an empty map, which a message leaves out with
//! `skip_serializing_if`:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use tracing_relay::{CarriesTrace, TraceCarrier};
//!
//! #[derive(Serialize, Deserialize, CarriesTrace)]
//! struct Job {
//!     id: u64,
//!     #[carrier]
//!     #[serde(
//!         default = "tracing_relay::TraceCarrier::none",
//!         skip_serializing_if = "tracing_relay::TraceCarrier::is_none"
//!     )]
//!     trace: TraceCarrier,
//! }
//!
//! let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
//! let job: Job = serde_json::from_str(&format!(r#"{{"id":1,"trace":{{"traceparent":"{parent}"}}}}"#))?;
//! assert_eq!(job.trace.context().unwrap().traceparent().as_str(), parent);
//! assert!(job.trace.context().unwrap().is_remote());
//!
//! let untraced = Job { id: 1, trace: TraceCarrier::none() };
//! assert_eq!(serde_json::to_string(&untraced)?, r#"{"id":1}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! `#[carries_trace]` writes these attributes. A bare `#[serde(default)]` is refused, because
//! `Default` captures: a message that came without a carrier would be given the trace of its
//! receiver.
//!
//! What a carrier holds never rejects its message. An absent one, `null`, an empty string and a map
//! without a `traceparent` are empty. A value of another type or a malformed `traceparent` is read
//! as empty and remembered, so that the span that looks for its parent can say why there is none.
//! A bad `tracestate` or `baggage` is dropped alone. Unknown keys are ignored. What the format's own
//! reader refuses is an error as everywhere else: a JSON document that ends early, a number like
//! `1e999` or half of a surrogate pair.
//!
//! This is right for formats that describe themselves: JSON, YAML, TOML, CBOR and `MessagePack`
//! with structs as maps. With structs as arrays, as `rmp_serde::to_vec` writes them, an empty carrier
//! can only be left out when it is the last field, which is where `#[carries_trace]` puts it; and a
//! reader that does not know of the carrier refuses a message that has one, so that readers are
//! upgraded before writers.
//!
//! # Other forms
//!
//! [`sentry`] and [`fixed`] are for `#[serde(with = "…")]`. A format that does not describe itself,
//! such as bincode or postcard, needs [`fixed`]; with the default form the first decoding fails. The
//! format cannot be detected.

pub mod fixed;
mod read;
pub mod sentry;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::carrier::TraceCarrier;
use crate::wire::w3c;

/// The keys of the map are the names of the headers.
const NAMES: read::Names<3> = [
    (w3c::TRACEPARENT, w3c::TRACEPARENT),
    (w3c::TRACESTATE, w3c::TRACESTATE),
    (w3c::BAGGAGE, w3c::BAGGAGE),
];

/// Writes the map of the default form.
impl Serialize for TraceCarrier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(context) = self.context() else {
            return serializer.serialize_map(Some(0))?.end();
        };
        let entries = 1
            + usize::from(context.tracestate().is_some())
            + usize::from(!context.baggage().is_empty());
        let mut map = serializer.serialize_map(Some(entries))?;
        let mut result = Ok(());
        w3c::inject(context, |name, value| {
            if let (Ok(()), Some(value)) = (&result, value) {
                result = map.serialize_entry(name, value);
            }
        });
        result?;
        map.end()
    }
}

/// Reads the map of the default form, and anything else as an empty carrier.
impl<'de> Deserialize<'de> for TraceCarrier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = match read::headers(deserializer, NAMES)? {
            Ok(headers) => {
                // What is usual needs no look at the names again. A malformed one may be there with spaces around.
                if let Some(context) = headers.only_first().map(w3c::parse_traceparent)
                    && let Ok(context) = context
                {
                    return Ok(Self::from(context));
                }
                w3c::extract(|name| headers.line(name))
            }
            Err(found) => found,
        };
        Ok(read::carrier(found))
    }
}
