//! How a [`TraceCarrier`](crate::TraceCarrier) is written and read by serde.
