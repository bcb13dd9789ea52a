use tracing_relay::carries_trace;

#[carries_trace]
struct Ping;

fn main() {
    let _ = Ping;
}
