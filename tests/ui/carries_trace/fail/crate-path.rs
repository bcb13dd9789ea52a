use tracing_relay::carries_trace;

#[carries_trace(crate = relay)]
struct Relative {
    id: u64,
}

#[carries_trace(crate = "tracing relay")]
struct NotAPath {
    id: u64,
}

fn main() {}
