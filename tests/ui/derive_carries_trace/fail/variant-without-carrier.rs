use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
enum Op {
    Start(#[carrier] TraceCarrier),
    Stop { trace: TraceCarrier },
    Pause(u8),
    Ping,
}

fn main() {}
