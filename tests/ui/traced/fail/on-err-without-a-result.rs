use tracing_relay::traced;

#[traced(on_err(|error| code = error))]
fn option() -> Option<u8> {
    None
}

#[traced(on_err(failed = true))]
async fn number() -> u8 {
    1
}

#[traced(on_err(failed = true))]
async fn nothing() {}

fn main() {
    let _ = (option, number, nothing);
}
