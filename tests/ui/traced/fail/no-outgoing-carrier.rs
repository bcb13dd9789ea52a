//! A function that sends has a parameter into which its context can be written, or says that there is none.

use tracing_relay::traced;

struct Request {
    id: u64,
}

#[traced(kind = "client")]
async fn sends(request: Request) -> u64 {
    request.id
}

#[traced(kind = "producer")]
fn sends_two(request: &mut Request, text: &str) -> u64 {
    request.id + text.len() as u64
}

#[traced(kind = "client", carrier = request.id)]
fn named(mut request: Request) -> u64 {
    request.id += 1;
    request.id
}

fn main() {
    let _ = (sends, sends_two, named);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, carries_trace, traced};

    #[carries_trace]
    struct Request {
        id: u64,
    }

    #[traced(kind = "client")]
    async fn sends(request: Request) -> u64 {
        request.id
    }

    #[traced(kind = "producer", carrier = headers.1)]
    fn named(headers: &mut (u64, TraceCarrier)) -> u64 {
        headers.0
    }

    #[traced(kind = "client", carrier = none)]
    fn builds_its_message() -> Request {
        Request {
            id: 1,
            trace: TraceCarrier::capture(),
        }
    }
}
