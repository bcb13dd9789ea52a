//! Every option of the marks.

use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
#[carrier(crate = ::tracing_relay)]
enum Op {
    Start {
        id: u64,
        #[carrier]
        trace: TraceCarrier,
    },
    #[carrier(none)]
    Ping,
}

fn main() {
    let start = Op::Start {
        id: 1,
        trace: TraceCarrier::none(),
    };
    assert!(start.extract().is_absent() && Op::Ping.extract().is_absent());
    assert!(matches!(start, Op::Start { id: 1, .. }));
}
