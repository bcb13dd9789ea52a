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
