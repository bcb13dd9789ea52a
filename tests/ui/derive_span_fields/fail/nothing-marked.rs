//! A type that records nothing does not need the derive.

use tracing_relay::SpanFields;

#[derive(SpanFields)]
struct TurnStart {
    input: String,
}

#[derive(SpanFields)]
enum Op {
    Start(u8),
}

#[derive(SpanFields)]
struct Unit;

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(SpanFields)]
    struct TurnStart {
        #[field]
        id: u64,
        input: String,
    }
}
