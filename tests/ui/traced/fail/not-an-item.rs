//! A closure or a block has no attribute: the compiler knows none on expressions and statements.

use tracing_relay::{request_span, traced};

fn closure() -> u8 {
    let step = #[traced]
    || 1;
    step()
}

async fn block() {
    let step = #[request_span(carrier = none)]
    async move {};
    step.await;
}

fn statement() {
    #[traced]
    let _step = 1;
}

fn parameter(#[traced] number: u8) -> u8 {
    number
}

fn main() {
    let _ = (closure(), block(), statement(), parameter(1));
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    fn start() -> u8 {
        #[traced]
        fn step() -> u8 {
            1
        }
        step()
    }
}
