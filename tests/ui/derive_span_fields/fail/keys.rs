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
