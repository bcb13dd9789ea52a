//! A block without a method that gets a span does not need the attribute.

use tracing_relay::traced;

struct Threads;

#[traced]
trait Start {
    fn start(&self);
}

#[traced]
impl Threads {
    const LIMIT: usize = 2;

    #[traced(skip)]
    fn count(&self) -> usize {
        Self::LIMIT
    }
}

#[traced]
impl Start for Threads {
    #[traced(name = "threads.start")]
    fn start(&self) {
        self.count();
    }
}

fn main() {
    Threads.start();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    trait Start {
        fn start(&self);
    }

    struct Threads;

    #[traced]
    impl Start for Threads {
        fn start(&self) {}
    }
}
