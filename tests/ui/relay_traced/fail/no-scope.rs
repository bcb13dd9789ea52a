use tracing_relay::relay_traced;

#[relay_traced]
fn bare() {}

#[relay_traced(name = "relay.link")]
async fn with_options(text: &str) -> usize {
    text.len()
}

fn main() {
    bare();
    let _ = with_options("x");
}
