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
