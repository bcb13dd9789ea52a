use tracing_relay::traced;

#[traced(fields(turn.id = 1), late(id: u8 = "turn.id"))]
fn with_fields() {}

#[traced(late(id: u8 = turn.id), on_ok("turn.id" = 1), on_err(turn.id = 1))]
fn with_endings() -> Result<(), u8> {
    Ok(())
}

#[traced(late(id: u8 = "turn.id"))]
fn with_a_parameter(#[field("turn.id")] turn: u8) {}

#[traced(late(id: u8 = "a", id: u8 = "b", other: u8 = "a"))]
fn among_themselves() {}

#[traced(late(id: u8 = "turn.id", inner: u8 = "inner"))]
fn hidden(id: u8, (inner, _): (u8, u8)) -> u8 {
    id + inner
}

fn main() {
    with_fields();
    let _ = (with_endings(), hidden(1, (2, 3)));
    with_a_parameter(1);
    among_themselves();
}
