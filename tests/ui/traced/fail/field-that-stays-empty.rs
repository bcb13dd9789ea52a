//! A field whose value is learned later has a handle, and is not declared empty.

use tracing::field;
use tracing_relay::traced;

#[traced(fields(turn.id = tracing::field::Empty))]
async fn empty() -> u8 {
    1
}

#[traced(fields(id, count = field::Empty))]
fn another(id: u8) -> u8 {
    id
}

fn main() {
    let _ = (empty(), another(1), field::Empty);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(late(turn_id: u8 = "turn.id"))]
    async fn start() -> u8 {
        turn_id.record(&1);
        1
    }
}
