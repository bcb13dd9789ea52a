use tracing_relay::carries_trace;

#[carries_trace]
struct Job(u64);

fn main() {
    Job(1);
}
