//! A value for a field that the current span has not is lost, which is warned of.
#![deny(deprecated)]

use tracing::Span;
use tracing_relay::traced;

#[traced(fields(turn.id = id))]
fn at_once(id: u8) -> u8 {
    Span::current().record("item.id", id);
    id
}

#[traced]
async fn later() {
    let span = tracing::Span::current();
    std::future::ready(()).await;
    span.record("item.id", 1).record("item.kind", "text");
}

fn main() {
    let _ = (at_once(1), later());
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(late(item_id: u8 = "item.id"))]
    async fn later() {
        std::future::ready(()).await;
        item_id.record(&1);
    }
}
