//! A key is given once, and is none of those that a span records by itself.

use tracing_relay::SpanFields;

#[derive(SpanFields)]
struct Repeated {
    #[field("turn.id")]
    id: u8,
    #[field("turn.id")]
    other: u8,
}

#[derive(SpanFields)]
struct Reserved {
    #[field]
    trace_id: u8,
    #[field("otel.name")]
    name: u8,
    #[field("")]
    none: u8,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(SpanFields)]
    struct Turn {
        #[field("turn.id")]
        id: u8,
        #[field("turn.other")]
        other: u8,
    }
}
