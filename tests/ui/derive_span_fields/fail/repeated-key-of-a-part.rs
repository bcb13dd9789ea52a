use tracing_relay::SpanFields;

#[derive(SpanFields)]
struct Part {
    #[field("turn.id")]
    id: u8,
}

#[derive(SpanFields)]
struct Whole {
    #[field("turn.id")]
    id: u8,
    #[fields]
    part: Part,
}

fn main() {}
