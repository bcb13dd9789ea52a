use tracing_relay::CarriesTrace;

struct Head;

#[derive(CarriesTrace)]
struct Job {
    id: u64,
    #[carrier]
    head: Head,
}

fn main() {}
