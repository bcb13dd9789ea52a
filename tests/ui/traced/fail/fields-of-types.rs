use tracing_relay::{SpanFields, traced};

#[derive(SpanFields)]
struct TurnStart {
    #[field("turn.id")]
    id: u8,
}

#[traced]
fn generic<T: SpanFields>(#[fields] params: T) {
    drop(params);
}

#[traced]
fn existential(#[fields] params: impl SpanFields) {
    drop(params);
}

impl TurnStart {
    #[traced]
    fn of_self(#[fields] other: &Self) -> u8 {
        other.id
    }

    #[traced]
    fn on_self(#[fields] &self) -> u8 {
        self.id
    }
}

#[traced]
fn pattern(#[fields] TurnStart { id }: TurnStart) -> u8 {
    id
}

#[traced]
fn arguments(#[fields("turn.id")] params: TurnStart) -> u8 {
    params.id
}

fn main() {}
