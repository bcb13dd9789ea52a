use tracing_relay::carries_trace;

#[carries_trace]
pub async fn handle(id: u64) -> u64 {
    id
}

fn main() {
    let _ = handle(1);
}
