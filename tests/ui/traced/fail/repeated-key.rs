//! A key is exported once; only the two endings may share one.

use tracing_relay::traced;

#[traced(fields(id = 1, id = 2))]
fn fields() {}

#[traced(fields(user.id = 1))]
fn parameter(#[field("user.id")] id: u8) -> u8 {
    id
}

#[traced(fields(id = 1), on_ok(id = 2))]
fn ending() {}

#[traced(on_err(id = 1, id = 2), on_ok(id = 3))]
fn same_ending() -> Result<(), u8> {
    Ok(())
}

fn main() {
    fields();
    ending();
    let _ = (parameter(1), same_ending());
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(fields(id = 1), on_ok(size = 2), on_err(size = 3))]
    fn number() -> Result<(), u8> {
        Ok(())
    }
}
