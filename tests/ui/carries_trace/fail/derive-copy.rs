use tracing_relay::carries_trace;

#[carries_trace]
#[derive(Clone, Copy)]
struct Point {
    x: u8,
}

fn main() {}
