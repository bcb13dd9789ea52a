//! A tuple struct with one more field would be written as something else.

use tracing_relay::carries_trace;

#[carries_trace]
struct Job(u64);

fn main() {
    Job(1);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::Carried;

    struct Job(u64);

    fn job(id: u64) -> Carried<Job> {
        Carried::new(Job(id))
    }
}
