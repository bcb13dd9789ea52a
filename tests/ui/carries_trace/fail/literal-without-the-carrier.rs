use tracing_relay::carries_trace;

#[carries_trace]
struct Job {
    id: u64,
}

fn main() {
    let _ = Job { id: 1 };
}
