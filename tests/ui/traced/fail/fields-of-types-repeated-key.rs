use tracing_relay::{SpanFields, traced};

#[derive(SpanFields)]
struct TurnStart {
    #[field("turn.id")]
    id: u8,
}

#[traced(fields(turn.id = 1))]
fn with_a_field(#[fields] params: TurnStart) -> u8 {
    params.id
}

#[traced(late(id: u8 = "turn.id"))]
async fn with_a_late_field(#[fields] params: TurnStart) -> u8 {
    id.record(&1);
    params.id
}

#[traced]
fn with_another_type(#[fields] params: TurnStart, #[fields] other: &TurnStart) -> u8 {
    params.id + other.id
}

fn main() {}
