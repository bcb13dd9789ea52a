//! `main` begins before there is a subscriber.

use tracing_relay::traced;

#[traced]
fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced]
    fn run() {}

    fn main() {
        run();
    }
}
