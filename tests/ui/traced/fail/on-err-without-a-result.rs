//! `on_err` needs a function that returns a `Result`.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(on_err(|error| code = error))]
    fn number() -> Result<u8, i64> {
        Ok(1)
    }
}
