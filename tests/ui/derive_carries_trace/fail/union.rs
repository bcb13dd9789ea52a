use tracing_relay::CarriesTrace;

#[derive(CarriesTrace)]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {}
