use tracing_relay::carries_trace;

#[carries_trace]
union Bits {
    float: f32,
    integer: u32,
}

fn main() {
    let _ = Bits { float: 1.0 };
}
