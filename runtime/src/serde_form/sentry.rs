//! The form of Sentry's SDKs, for `#[serde(with = "…")]` on a [`TraceCarrier`]: a map
//! `{"trace": "…", "baggage": "…"}` with the values of the headers `sentry-trace` and `baggage`
//! (see [`wire::sentry`](crate::wire::sentry)).
//!
//! The field's usual name is `_sentry`; `#[carries_trace(flavour = "sentry")]` writes all of this.
//! Reading is as lenient as that of [the default form](super).
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use tracing_relay::carries_trace;
//!
//! #[carries_trace(flavour = "sentry")]
//! #[derive(Serialize, Deserialize)]
//! struct Event {
//!     kind: String,
//! }
//!
//! let text = r#"{"kind":"done","_sentry":{"trace":"4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1"}}"#;
//! let event: Event = serde_json::from_str(text)?;
//! assert!(event.trace.context().is_some());
//! assert_eq!(serde_json::to_string(&event)?, text);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::de::Deserializer;
use serde::ser::{SerializeMap, Serializer};

use super::read;
use crate::carrier::TraceCarrier;
use crate::wire::sentry::{self, SENTRY_TRACE};
use crate::wire::w3c::BAGGAGE;

/// Each key of the map, and the header that it stands for.
const NAMES: read::Names<2> = [("trace", SENTRY_TRACE), ("baggage", BAGGAGE)];

/// Writes a carrier; an empty one as an empty map.
///
/// # Errors
///
/// Those of the format.
pub fn serialize<S: Serializer>(carrier: &TraceCarrier, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(context) = carrier.context() else {
        return serializer.serialize_map(Some(0))?.end();
    };
    let entries = 1 + usize::from(!context.baggage().is_empty());
    let mut map = serializer.serialize_map(Some(entries))?;
    let mut result = Ok(());
    sentry::inject(context, |header, value| {
        let key = NAMES.iter().find(|(_, name)| *name == header);
        if let (Ok(()), Some((key, _)), Some(value)) = (&result, key, value) {
            result = map.serialize_entry(key, value);
        }
    });
    result?;
    map.end()
}

/// Reads a carrier, whatever it holds.
///
/// # Errors
///
/// Those of the format, such as a document that ends early.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TraceCarrier, D::Error> {
    let found = match read::headers(deserializer, NAMES)? {
        Ok(headers) => sentry::extract(|name| headers.line(name)),
        Err(found) => found,
    };
    Ok(read::carrier(found))
}
