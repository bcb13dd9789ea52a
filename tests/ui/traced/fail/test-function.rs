//! A test has no span of its own.

use tracing_relay::traced;

#[traced]
#[test]
fn it_works() {}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced]
    fn works() -> bool {
        true
    }

    #[test]
    fn it_works() {
        assert!(works());
    }
}
