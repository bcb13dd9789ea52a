//! A union cannot be a message with a carrier, but can be in an envelope.

use tracing_relay::carries_trace;

#[carries_trace]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {
    let _ = Bits { float: 1.0 };
}

#[cfg(doctest)]
mod right {
    use tracing_relay::Carried;

    #[derive(Clone, Copy)]
    union Bits {
        float: f32,
        integer: u32,
    }

    fn send(bits: Bits) -> Carried<Bits> {
        Carried::new(bits)
    }
}
