//! The spans behind the function attributes.
//!
//! A call goes through four steps, each one an outlined function that generated code calls:
//! [`Opening`] decides whether the span is wanted and where its parent is; [`Span`] is the open
//! span with its context; a driver in [`run`] makes it current while the body runs, sync, async or
//! as a stream; [`Finish`] takes the result and ends it.

mod active;
mod declared;
mod fields;
mod late;
mod linked;
mod measured;
mod older;
mod opaque;
mod opening;
mod outcome;
#[cfg(feature = "engine")]
mod recorded;
mod run;
mod running;
mod scoped;
mod sessions;
mod site;
mod value;

pub use active::Span;
pub(crate) use active::{Active, Pool};
pub use declared::{SpanOptions, SpanSite};
pub use fields::{FieldValues, SpanFields};
pub use late::{LateField, LateFields};
pub use measured::DurationMetric;
#[cfg(feature = "metrics")]
pub(crate) use measured::Measured;
pub use older::OlderName;
pub use opening::{Ambience, Opening, OwnedValues};
#[cfg(feature = "engine")]
pub(crate) use outcome::Ended;
#[cfg(feature = "engine")]
pub(crate) use outcome::MOST_SOURCES;
pub use outcome::{ErrorDetail, Failure, SpanError, SpanOutcome};
pub(crate) use run::Told;
pub use run::{in_deferred_span, in_span, in_span_async, in_span_async_with, in_span_stream};
pub(crate) use running::Beside;
pub use running::Finish;
pub use site::Kind;
pub(crate) use site::Site;
pub(crate) use value::OwnedValue;
pub use value::{AttributeValue, FieldValue};
