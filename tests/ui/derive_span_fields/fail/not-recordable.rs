//! What is marked is a value that can be an attribute, or a type that says which of its fields are.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(Debug)]
    struct Opaque;

    #[derive(SpanFields)]
    struct Part {
        #[field(?)]
        debugged: Opaque,
    }

    #[derive(SpanFields)]
    struct Whole {
        #[fields]
        part: Part,
    }
}
