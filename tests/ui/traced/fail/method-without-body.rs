//! A method that is only declared has nothing to run in a span.

use tracing_relay::traced;

trait Service {
    #[traced]
    async fn call(&self, number: u8) -> u8;

    #[traced(name = "x")]
    fn sync(&self);
}

struct Implemented;

impl Service for Implemented {
    async fn call(&self, number: u8) -> u8 {
        number
    }

    fn sync(&self) {}
}

fn main() {
    Implemented.sync();
    let _ = Implemented.call(1);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    trait Service {
        async fn call(&self, number: u8) -> u8;
    }

    struct Implemented;

    impl Service for Implemented {
        #[traced]
        async fn call(&self, number: u8) -> u8 {
            number
        }
    }
}
