use tracing_relay::SpanFields;

#[derive(SpanFields)]
#[field("turn.id")]
struct OnType {
    #[field]
    id: u8,
}

#[derive(SpanFields)]
enum OnVariant {
    #[fields]
    Start(#[field("id")] u8),
}

#[derive(SpanFields)]
union Union {
    #[field]
    id: u8,
}

#[derive(SpanFields)]
enum Parts {
    Start(#[fields] OnType),
}

fn main() {}
