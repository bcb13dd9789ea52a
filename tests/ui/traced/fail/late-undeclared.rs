//! What the body records later is declared: for a field that is not, there is no handle.

use tracing_relay::traced;

#[traced(late(turn_id: u8 = "turn.id"))]
async fn start() {
    turn_id.record(&1);
    item_id.record(&2);
}

fn main() {
    let _ = start();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(late(turn_id: u8 = "turn.id", item_id: u8 = "item.id"))]
    async fn start() {
        turn_id.record(&1);
        item_id.record(&2);
    }
}
