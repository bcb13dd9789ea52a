use tracing_relay::SpanFields;

#[derive(SpanFields)]
struct Tuple(#[field] u8, #[field(?)] u8);

#[derive(SpanFields)]
struct Named {
    #[field = "id"]
    id: u8,
    #[field(turn.id)]
    turn: u8,
    #[fields("client")]
    client: u8,
    #[field]
    #[fields]
    both: u8,
}

#[derive(SpanFields)]
#[span_fields]
struct NoOption {
    #[field]
    id: u8,
}

#[derive(SpanFields)]
#[span_fields(crat = ::tracing_relay)]
struct UnknownOption {
    #[field]
    id: u8,
}

fn main() {}
