use tracing_relay::carries_trace;

#[carries_trace]
pub enum Op {
    Start,
}

fn main() {
    let _ = Op::Start;
}
