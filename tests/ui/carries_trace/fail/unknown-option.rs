//! An option that does not exist is an error, and never ignored.

use tracing_relay::carries_trace;

#[carries_trace(feild = context)]
struct Misspelt {
    id: u64,
}

#[carries_trace(colour)]
struct Unlike {
    id: u64,
}

#[carries_trace("id")]
struct NotAnOption {
    id: u64,
}

fn main() {
    let _ = (
        Misspelt { id: 1, trace: Default::default() },
        Unlike { id: 1, trace: Default::default() },
        NotAnOption { id: 1, trace: Default::default() },
    );
}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(field = context)]
    struct Job {
        id: u64,
    }
}
