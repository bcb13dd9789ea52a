//! Which field of a union can be read, nobody knows.

use tracing_relay::SpanFields;

#[derive(SpanFields)]
union Number {
    #[field]
    whole: u32,
    #[field]
    real: f32,
}

fn main() {
    let _ = Number { real: 1.0 };
}

#[cfg(doctest)]
mod right {
    use tracing_relay::SpanFields;

    #[derive(SpanFields)]
    enum Number {
        Whole(#[field("number.whole")] u32),
        Real(#[field("number.real")] f32),
    }
}
