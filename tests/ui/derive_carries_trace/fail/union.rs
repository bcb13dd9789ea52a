//! The trait cannot be derived for a union.

use tracing_relay::CarriesTrace;

#[derive(CarriesTrace)]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {}

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
