//! A method in a block that cannot have a span is taken out.

use tracing_relay::traced;

struct Threads;

#[traced(prefix = "threads")]
impl Threads {
    const fn limit() -> usize {
        2
    }

    #[track_caller]
    fn start(&self) {}

    #[traced(skip)]
    const fn skipped() -> usize {
        Self::limit()
    }
}

fn main() {
    Threads.start();
    Threads::skipped();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    struct Threads;

    #[traced(prefix = "threads")]
    impl Threads {
        #[traced(skip)]
        const fn limit() -> usize {
            2
        }

        fn start(&self) -> usize {
            Self::limit()
        }
    }
}
