//! All mistakes are reported at once, and the function stays what it was.

use tracing_relay::request_span;

struct Handler;

impl Handler {
    #[request_span(nam = "handle", kind = "sevrer", fields(id = 1, id = 2, rpc.method))]
    const fn handle(&self, #[field] (left, right): (u8, u8)) -> u8 {
        left + right
    }
}

fn main() {
    let _ = Handler.handle((1, 2));
}

#[cfg(doctest)]
mod right {
    use tracing_relay::request_span;

    struct Handler;

    impl Handler {
        #[request_span(name = "handle", carrier = none, fields(id = both.0))]
        fn handle(&self, both: (u8, u8)) -> u8 {
            both.0 + both.1
        }
    }
}
