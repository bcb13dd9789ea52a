//! Fields that the span has, or that nobody can know, are not warned of.
#![deny(warnings)]

use tracing::{Span, info_span};
use tracing_relay::{SpanFields, traced};

#[derive(SpanFields)]
struct Item {
    #[field("item.id")]
    id: u8,
}

#[traced(fields(turn.id = id), on_ok(|id| item.id = id), late(_kind: str = "item.kind"))]
fn has_them(id: u8) -> u8 {
    let span = Span::current();
    span.record("turn.id", id).record("item.kind", "text");
    Span::current().record("item.id", id);
    id
}

#[traced]
fn has_those_of_a_type(#[fields] item: Item) -> u8 {
    Span::current().record("item.id", item.id);
    item.id
}

#[traced]
fn in_another_span(key: &str) {
    info_span!("inner", item.id = tracing::field::Empty).in_scope(|| {
        Span::current().record("item.id", 1);
    });
    Span::current().record(key, 1);
}

fn main() {
    in_another_span("item.id");
    assert_eq!(has_them(1) + has_those_of_a_type(Item { id: 1 }), 2);
}
