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
