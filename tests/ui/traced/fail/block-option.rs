//! A block takes the options that mean the same for every method; the others are written on the method.

use tracing_relay::{TraceCarrier, traced};

struct Threads;

#[traced(kind = "consumer", fields(id = id))]
impl Threads {
    fn start(&self, id: u64, _trace: TraceCarrier) -> u64 {
        id
    }
}

#[traced(prefx = "threads", scope = RELAY, skip_all)]
impl Threads {
    fn misspelt(&self) {}
}

#[traced(prefix = "threads.")]
impl Threads {
    fn dot_at_the_end(&self, #[field] id: u8) -> u8 {
        id
    }
}

#[traced(prefix = "", err = "debug")]
impl Threads {
    fn empty(&self) {}
}

#[traced(prefix = "threads")]
fn function() {}

#[traced(skip)]
fn skipped() {}

fn main() {
    Threads.start(1, TraceCarrier::none());
    Threads.misspelt();
    Threads.dot_at_the_end(1);
    Threads.empty();
    function();
    skipped();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, traced};

    struct Threads;

    #[traced(prefix = "threads", err = "message")]
    impl Threads {
        fn stop(&self) {}

        #[traced(name = "threads.start", kind = "consumer", fields(id = id))]
        fn start(&self, id: u64, _trace: TraceCarrier) -> u64 {
            id
        }
    }
}
