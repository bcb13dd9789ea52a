//! A key of a part is none of the whole.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(SpanFields)]
    struct Part {
        #[field("turn.id")]
        id: u8,
    }

    #[derive(SpanFields)]
    struct Whole {
        #[field("thread.id")]
        id: u8,
        #[fields]
        part: Part,
    }
}
