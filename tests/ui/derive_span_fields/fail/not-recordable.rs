use tracing_relay::SpanFields;

struct Opaque;

#[derive(SpanFields)]
struct Values {
    #[field]
    plain: Opaque,
    #[field(?)]
    debugged: Opaque,
}

#[derive(SpanFields)]
struct Parts {
    #[fields]
    part: Opaque,
}

fn main() {}
