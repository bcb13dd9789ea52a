//! A mark stands on a field: of a struct, or with a key on one of a variant.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(SpanFields)]
    struct Turn {
        #[field("turn.id")]
        id: u8,
    }

    #[derive(SpanFields)]
    enum Op {
        Start(#[field("op.id")] u8),
    }
}
